//! The statistics that every answer to a query carries. Only what is counted here differs from zero.

use serde_json::{Value, json};

pub fn statistics(lines: usize, bytes: usize, returned: usize) -> Value {
    let cache = json!({
        "entriesFound": 0, "entriesRequested": 0, "entriesStored": 0, "bytesReceived": 0,
        "bytesSent": 0, "requests": 0, "downloadTime": 0, "queryLengthServed": 0
    });
    json!({
        "summary": {
            "bytesProcessedPerSecond": bytes * 100, "linesProcessedPerSecond": lines * 100,
            "totalBytesProcessed": bytes, "totalLinesProcessed": lines, "execTime": 0.01,
            "queueTime": 0.000_1, "subqueries": 0, "totalEntriesReturned": returned, "splits": 0,
            "shards": 1, "totalPostFilterLines": lines, "totalStructuredMetadataBytesProcessed": 0
        },
        "querier": { "store": store(0, 0), "querierExecTime": 0.004 },
        "ingester": {
            "totalReached": 1, "totalChunksMatched": 1, "totalBatches": 1, "totalLinesSent": returned,
            "store": store(lines, bytes), "recvWaitTime": 0.001
        },
        "cache": {
            "chunk": cache, "index": cache, "result": cache, "statsResult": cache, "volumeResult": cache,
            "seriesResult": cache, "labelResult": cache, "instantMetricResult": cache
        },
        "index": {
            "totalChunks": 0, "postFilterChunks": 0, "shardsDuration": 0, "usedBloomFilters": false,
            "totalStreams": 0, "chunkRefsLookupTime": 0, "bloomFilterTime": 0
        }
    })
}

fn store(lines: usize, bytes: usize) -> Value {
    json!({
        "totalChunksRef": 0, "totalChunksDownloaded": 0, "chunksDownloadTime": 0,
        "queryReferencedStructuredMetadata": false, "queryUsedV2Engine": false,
        "chunk": {
            "headChunkBytes": bytes, "headChunkLines": lines, "decompressedBytes": 0, "decompressedLines": 0,
            "compressedBytes": 0, "totalDuplicates": 0, "postFilterLines": lines,
            "headChunkStructuredMetadataBytes": 0, "decompressedStructuredMetadataBytes": 0
        },
        "chunkRefsFetchTime": 0, "congestionControlLatency": 0, "pipelineWrapperFilteredLines": 0,
        "dataobj": {
            "prePredicateDecompressedRows": 0, "prePredicateDecompressedBytes": 0,
            "prePredicateDecompressedStructuredMetadataBytes": 0, "postPredicateRows": 0,
            "postPredicateDecompressedBytes": 0, "postPredicateStructuredMetadataBytes": 0, "postFilterRows": 0,
            "pagesScanned": 0, "pagesDownloaded": 0, "pagesDownloadedBytes": 0, "pageBatches": 0,
            "totalRowsAvailable": 0, "totalPageDownloadTime": 0
        }
    })
}

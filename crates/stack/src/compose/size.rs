//! Byte sizes as compose reads them (`512m`, `1gb`) and as compose-go writes them (`"536870912"`).

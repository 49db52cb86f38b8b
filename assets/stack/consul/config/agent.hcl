# The agent itself; addresses, name and data centre are flags in docker-compose.yml.

data_dir = "/consul/data"

telemetry {
  # More than zero is what switches /v1/agent/metrics?format=prometheus on.
  prometheus_retention_time = "60s"
  disable_hostname          = true
}

performance {
  # One server has nobody to compete with: elect at once instead of after several seconds.
  raft_multiplier = 1
}

# A container that is stopped comes back; it must not leave the cluster each time.
leave_on_terminate = false

disable_update_check = true

# Anyone who reaches the API could run programs with it.
enable_script_checks = false

"""The steps of the flow: pure functions over typed values, no Kafka, no files, no clock."""

"""Everything about Kafka: the only importer of faust, aiokafka and confluent_kafka."""

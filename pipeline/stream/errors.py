"""The error of every Kafka client, for those who may not import the clients themselves."""

from confluent_kafka import KafkaException

__all__ = ["KafkaException"]

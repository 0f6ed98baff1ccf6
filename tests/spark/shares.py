"""Runs the Spark job with several numbers of shares, in one session.

    spark-submit … --py-files deploy/spark/adminline_job.py tests/spark/shares.py INPUT SHARES...

Writes into out-SHARES.
"""

import sys

import adminline_job
from pyspark.sql import SparkSession

spark = SparkSession.builder.appName("shares").getOrCreate()
for shares in sys.argv[2:]:
    typed = ["--partitions", shares, "--output", f"out-{shares}", sys.argv[1]]
    adminline_job.job(spark, adminline_job.arguments(typed))
spark.stop()

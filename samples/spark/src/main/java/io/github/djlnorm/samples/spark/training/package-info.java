/** Data-parallel gradient descent on Spark: the same steps whatever the number of partitions. */
package io.github.djlnorm.samples.spark.training;

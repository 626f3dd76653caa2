/** Image models past one machine: scored and trained on Apache Spark. */
package io.github.djlnorm.samples.spark;

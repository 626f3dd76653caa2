/**
 * How fast are the layers and whole nets? As ratios to libtorch called directly, to other ways in
 * DJL, to PyTorch in Python, to ONNX Runtime in Java, and to another version of this library.
 *
 * <pre>
 * mvn -q -pl integration-tests -am -Pbenchmark test-compile exec:java
 * </pre>
 *
 * <p>That takes some twenty-five minutes on two cores; {@code -Dexec.args=--quick} measures the
 * rows of the page once in three, and {@code -Dexec.args=--help} tells the options. A table and a
 * chart of the rows that a reader needs go to {@code integration-tests/target/benchmark}, beside
 * all rows as CSV, a description of the machine and what the processes said.
 *
 * <p>A {@link io.github.djlnorm.benchmark.Comparison} names two {@link
 * io.github.djlnorm.benchmark.Contestant contestants} that do the same work, which the tests check.
 * Each is timed by JMH in a process of its own, so that DJL's libtorch and the one that is called
 * directly never meet, and one right after the other, in several rounds: what is told is the ratio
 * in a round, its median, and the lowest and highest. No result fails anything.
 *
 * <p>All processes leave the C library's allocator as it is, but for the rows that tell what it
 * gains to keep freed memory.
 */
package io.github.djlnorm.benchmark;

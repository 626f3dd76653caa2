/**
 * How fast are the layers? As ratios to libtorch called directly, to the formula as array
 * operations, to DJL's other layers, and to PyTorch in Python.
 *
 * <pre>
 * mvn -q -pl integration-tests -am -Pbenchmark test-compile exec:java
 * </pre>
 *
 * <p>That takes some twenty minutes on two cores; {@code -Dexec.args=--quick} shows in less than
 * two that everything runs, and {@code -Dexec.args=--help} tells the options. A table, a CSV file
 * and a chart go to {@code integration-tests/target/benchmark}, beside a description of the
 * machine.
 *
 * <p>A {@link io.github.djlnorm.benchmark.Comparison} names two {@link
 * io.github.djlnorm.benchmark.Contestant contestants} that do the same work, which the tests check.
 * Each is timed by JMH in a process of its own, so that DJL's libtorch and the one that is called
 * directly never meet, and one right after the other, in several rounds: what is told is the ratio
 * in a round, its median, and the lowest and highest. No result fails anything.
 */
package io.github.djlnorm.benchmark;

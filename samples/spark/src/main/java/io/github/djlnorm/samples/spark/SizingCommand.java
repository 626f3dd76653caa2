package io.github.djlnorm.samples.spark;

import io.github.djlnorm.samples.cli.OptionRules;
import io.github.djlnorm.samples.spark.training.DistributedTraining;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Measures what a step costs beside the gradients: the broadcast and the sum. */
@Command(
        name = "sizing",
        description =
                "Measures what a training step sends, by the number of parameters and partitions.")
final class SizingCommand implements Callable<Integer> {

    private static final List<Integer> PARAMETERS = List.of(100_000, 1_000_000, 10_000_000);
    private static final List<Integer> PARTITIONS = List.of(1, 2, 4, 8);

    @Spec private CommandSpec spec;

    @Mixin private Cluster cluster;

    @Option(
            names = "--steps",
            paramLabel = "NUMBER",
            defaultValue = "10",
            description = "Steps that are measured, after as many. Default: ${DEFAULT-VALUE}.")
    private int steps;

    @Override
    public Integer call() throws IOException {
        new OptionRules(spec).requirePositive("--steps", steps);
        PrintWriter out = spec.commandLine().getOut();
        try (SparkSession session = cluster.start()) {
            JavaSparkContext spark = JavaSparkContext.fromSparkContext(session.sparkContext());
            out.println(
                    "| parameters | partitions | sent to each process | sent by each partition | ms a step |");
            out.println("|---|---|---|---|---|");
            for (int parameters : PARAMETERS) {
                for (int partitions : PARTITIONS) {
                    seconds(spark, parameters, partitions);
                    out.printf(
                            Locale.ROOT,
                            "| %,d | %d | %.1f MB | %.1f MB | %.0f |%n",
                            parameters,
                            partitions,
                            parameters * (double) Float.BYTES / 1e6,
                            parameters * (double) Double.BYTES / 1e6,
                            1000 * seconds(spark, parameters, partitions));
                    out.flush();
                }
            }
        }
        return 0;
    }

    /** The mean time of a step without a net. */
    private double seconds(JavaSparkContext spark, int parameters, int partitions) {
        List<Integer> parts = IntStream.range(0, partitions).boxed().toList();
        long start = System.nanoTime();
        for (int step = 0; step < steps; step++) {
            Broadcast<byte[]> sent = spark.broadcast(new byte[parameters * Float.BYTES]);
            spark.parallelize(parts, partitions)
                    .map(part -> new double[sent.value().length / Float.BYTES])
                    .treeAggregate(
                            new double[parameters],
                            DistributedTraining::add,
                            DistributedTraining::add);
            sent.destroy();
        }
        return (System.nanoTime() - start) / 1e9 / steps;
    }
}

package io.github.djlnorm.samples.spark;

import io.github.djlnorm.Norm;
import io.github.djlnorm.samples.classification.Classifier;
import io.github.djlnorm.samples.classification.ModelCard;
import io.github.djlnorm.samples.cli.OptionRules;
import io.github.djlnorm.samples.cli.ResultFiles;
import io.github.djlnorm.samples.data.CommonOptions;
import io.github.djlnorm.samples.data.ImageFiles;
import io.github.djlnorm.samples.data.MemoryImages;
import io.github.djlnorm.samples.data.Preprocessing;
import io.github.djlnorm.samples.spark.training.Images;
import io.github.djlnorm.samples.spark.training.TrainingPlan;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Shows by norm what the number of partitions changes in a training. */
@Command(
        name = PartitionsCommand.NAME,
        description =
                "Trains the same net on the same batches spread over 1, 2 and 4 partitions, with"
                        + " GroupNorm and with BatchNorm, and draws the loss by step.")
final class PartitionsCommand implements Callable<Integer> {

    static final String NAME = "partitions";
    static final List<Integer> PARTITIONS = List.of(1, 2, 4);
    static final List<Norm> NORMS = List.of(Norm.group(8), Norm.batch());

    @Spec private CommandSpec spec;

    @Mixin private Cluster cluster;
    @Mixin private CommonOptions common;
    @Mixin private NetOptions netOptions;

    @Option(
            names = "--steps",
            paramLabel = "NUMBER",
            defaultValue = "40",
            description = "Training steps. Default: ${DEFAULT-VALUE}.")
    private int steps;

    @Option(
            names = "--output",
            paramLabel = "DIR",
            defaultValue = "build/samples/spark-partitions",
            description = "Where the picture goes. Default: ${DEFAULT-VALUE}.")
    private Path output;

    @Override
    public Integer call() throws Exception {
        OptionRules rules = new OptionRules(spec);
        rules.requirePositive("--steps", steps);
        netOptions.check(rules, NORMS);
        common.apply(rules);
        PrintWriter out = spec.commandLine().getOut();
        ResultFiles.create(output);
        Preprocessing preprocessing = netOptions.preprocessing();
        List<LossCurve> curves = new ArrayList<>();
        try (MemoryImages images =
                        new MemoryImages(
                                common.load(preprocessing, 1, false),
                                preprocessing,
                                Integer.MAX_VALUE,
                                1);
                SparkSession session = cluster.start()) {
            JavaSparkContext spark = JavaSparkContext.fromSparkContext(session.sparkContext());
            Images all = TrainingImages.of(images.train());
            for (Norm norm : NORMS) {
                for (int partitions : PARTITIONS) {
                    TrainingPlan plan = netOptions.plan(steps, partitions, common.seed());
                    TrainingImages.check(images, plan);
                    ModelCard card =
                            new ModelCard(netOptions.net(), norm, images.classes(), preprocessing);
                    try (Classifier classifier = new Classifier(card)) {
                        List<Double> losses =
                                plan.run(
                                        spark,
                                        classifier,
                                        all,
                                        plan.start(classifier),
                                        (steps, checkpoint) -> {});
                        curves.add(new LossCurve(norm, partitions, losses));
                        report(curves, out);
                    }
                }
            }
        }
        Path picture = output.resolve("partitions.png");
        ImageFiles.write(picture, LossFigure.draw(curves));
        out.println("picture: " + picture);
        out.flush();
        return 0;
    }

    private static void report(List<LossCurve> curves, PrintWriter out) {
        LossCurve curve = curves.get(curves.size() - 1);
        LossCurve whole =
                curves.stream()
                        .filter(c -> c.norm().equals(curve.norm()))
                        .findFirst()
                        .orElseThrow();
        out.printf(
                Locale.ROOT,
                "%-8s %d partitions: loss %.4f after %d steps, farthest from that of 1: %.1e%n",
                curve.norm(),
                curve.partitions(),
                curve.losses().get(curve.losses().size() - 1),
                curve.losses().size(),
                curve.farthestFrom(whole));
        out.flush();
    }
}

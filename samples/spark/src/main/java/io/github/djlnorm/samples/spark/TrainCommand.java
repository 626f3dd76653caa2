package io.github.djlnorm.samples.spark;

import io.github.djlnorm.Norm;
import io.github.djlnorm.samples.classification.Classifier;
import io.github.djlnorm.samples.classification.ModelCard;
import io.github.djlnorm.samples.cli.BadInputException;
import io.github.djlnorm.samples.cli.Console;
import io.github.djlnorm.samples.cli.NormConverter;
import io.github.djlnorm.samples.cli.OptionRules;
import io.github.djlnorm.samples.cli.OutputFolder;
import io.github.djlnorm.samples.data.CommonOptions;
import io.github.djlnorm.samples.data.MemoryImages;
import io.github.djlnorm.samples.data.Preprocessing;
import io.github.djlnorm.samples.nets.Net;
import io.github.djlnorm.samples.spark.training.Checkpoint;
import io.github.djlnorm.samples.spark.training.TrainingPlan;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import me.tongfei.progressbar.ProgressBar;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Trains one model on all of Spark's executors. */
@Command(
        name = TrainCommand.NAME,
        description =
                "Trains a net on all executors at once, each of which computes the gradients of its"
                        + " share of every batch, and saves it where 'score' and djl-norm's"
                        + " 'predict' find it.")
final class TrainCommand implements Callable<Integer> {

    static final String NAME = "train";
    static final String OUTPUT = "build/samples/spark-train";

    private static final int CHECKPOINT_STEPS = 20;
    private static final int REPORT_STEPS = 10;

    @Spec private CommandSpec spec;

    @Mixin private Cluster cluster;
    @Mixin private CommonOptions common;
    @Mixin private NetOptions netOptions;

    @Option(
            names = "--norm",
            paramLabel = "NORM",
            defaultValue = "group:8",
            converter = NormConverter.class,
            completionCandidates = NormConverter.Names.class,
            description =
                    "Normalization after each convolution: ${COMPLETION-CANDIDATES}. Default:"
                            + " ${DEFAULT-VALUE}.")
    private Norm norm;

    @Option(
            names = "--partitions",
            paramLabel = "NUMBER",
            defaultValue = "2",
            description =
                    "Parts that the images are spread over: as many as there are cores, or a"
                            + " multiple. Default: ${DEFAULT-VALUE}.")
    private int partitions;

    @Option(
            names = "--steps",
            paramLabel = "NUMBER",
            defaultValue = "100",
            description = "Training steps in all. Default: ${DEFAULT-VALUE}.")
    private int steps;

    @Option(
            names = "--resume",
            description =
                    "Goes on with the training in --output, up to --steps in all, as if it had not"
                            + " been interrupted.")
    private boolean resume;

    @Option(
            names = "--output",
            paramLabel = "DIR",
            defaultValue = OUTPUT,
            description =
                    "Where the model and the checkpoint go, which is new or empty, unless it is"
                            + " gone on with. Default: ${DEFAULT-VALUE}.")
    private Path output;

    @Override
    public Integer call() throws Exception {
        OptionRules rules = new OptionRules(spec);
        rules.requirePositive("--partitions", partitions);
        rules.requirePositive("--steps", steps);
        netOptions.check(rules, List.of(norm));
        common.apply(rules);
        if (!resume && Files.exists(output.resolve(Checkpoint.FILE))) {
            throw new BadInputException(
                    output
                            + " has a training already: go on with --resume, or give another"
                            + " --output");
        }
        Preprocessing preprocessing = netOptions.preprocessing();
        TrainingPlan plan = netOptions.plan(steps, partitions, common.seed());
        PrintWriter out = spec.commandLine().getOut();
        try (MemoryImages images = load(preprocessing);
                Classifier classifier = new Classifier(card(images))) {
            TrainingImages.check(images, plan);
            Checkpoint start =
                    resume
                            ? Checkpoint.read(output, plan.description(classifier))
                            : plan.start(classifier);
            if (start.losses().size() >= steps) {
                throw new BadInputException(
                        "the model has had %d steps: give more --steps than that"
                                .formatted(start.losses().size()));
            }
            try (OutputFolder folder = OutputFolder.open(output);
                    SparkSession session = cluster.start()) {
                train(session, plan, classifier, images, start, out);
                classifier.save(folder.path());
            }
            out.printf(
                    Locale.ROOT,
                    "accuracy on %d other images: %.1f %%%n",
                    images.test().labels().size(),
                    100 * TestAccuracy.of(classifier, images.test()));
            out.println("model: " + output.resolve(Classifier.FILE));
            out.flush();
        }
        return 0;
    }

    private MemoryImages load(Preprocessing preprocessing) throws Exception {
        return new MemoryImages(
                common.load(preprocessing, 1, false),
                preprocessing,
                Integer.MAX_VALUE,
                Integer.MAX_VALUE);
    }

    private ModelCard card(MemoryImages images) {
        Net net = netOptions.net();
        return new ModelCard(net, norm, images.classes(), netOptions.preprocessing());
    }

    private void train(
            SparkSession session,
            TrainingPlan plan,
            Classifier classifier,
            MemoryImages images,
            Checkpoint start,
            PrintWriter out)
            throws Exception {
        JavaSparkContext spark = JavaSparkContext.fromSparkContext(session.sparkContext());
        out.printf(
                "%s with %s on %s: %d images in %d partitions, %d steps of %d%n",
                netOptions.net(),
                norm,
                common.images(),
                images.trainingImages(),
                partitions,
                steps - start.losses().size(),
                plan.batchSize());
        try (ProgressBar bar = Console.progressBar("steps", steps)) {
            bar.stepTo(start.losses().size());
            plan.run(
                    spark,
                    classifier,
                    TrainingImages.of(images.train()),
                    start,
                    (losses, checkpoint) -> {
                        int done = losses.size();
                        bar.step();
                        if (done % CHECKPOINT_STEPS == 0 || done == steps) {
                            checkpoint.get().write(output);
                        }
                        if (done % REPORT_STEPS == 0 || done == steps) {
                            report(losses, out);
                        }
                    });
        }
    }

    private static void report(List<Double> losses, PrintWriter out) {
        int done = losses.size();
        double mean =
                losses.subList(Math.max(0, done - REPORT_STEPS), done).stream()
                        .mapToDouble(Double::doubleValue)
                        .average()
                        .orElseThrow();
        out.printf(Locale.ROOT, "step %4d   loss %.4f%n", done, mean);
        out.flush();
    }
}

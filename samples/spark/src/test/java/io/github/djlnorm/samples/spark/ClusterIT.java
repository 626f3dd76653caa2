package io.github.djlnorm.samples.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.inference.Predictor;
import ai.djl.modality.Classifications;
import ai.djl.modality.cv.Image;
import ai.djl.modality.cv.ImageFactory;
import io.github.djlnorm.Norm;
import io.github.djlnorm.samples.classification.Classifier;
import io.github.djlnorm.samples.classification.ModelCard;
import io.github.djlnorm.samples.data.Preprocessing;
import io.github.djlnorm.samples.nets.Net;
import io.github.djlnorm.samples.spark.training.Batches;
import io.github.djlnorm.samples.spark.training.Images;
import io.github.djlnorm.samples.spark.training.MomentumDescent;
import io.github.djlnorm.samples.spark.training.NetDescription;
import io.github.djlnorm.samples.spark.training.Replica;
import io.github.djlnorm.samples.spark.training.TrainingPlan;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import javax.imageio.ImageIO;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two executors, each in a process of its own. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class ClusterIT {

    private static final List<String> CLASSES = List.of("red", "green", "blue");
    private static final int SIZE = 16;
    private static final int IMAGES = 96;
    private static final int STEPS = 20;

    private static SparkSession session;
    private static JavaSparkContext spark;

    @TempDir private Path folder;

    @BeforeAll
    static void start() throws IOException {
        // A worker starts executors from this folder; what they run comes by the class path.
        Files.createDirectories(Path.of(System.getenv("SPARK_HOME"), "jars"));
        Cluster cluster = new Cluster("local-cluster[2,1,1024]");
        session = cluster.start();
        spark = JavaSparkContext.fromSparkContext(session.sparkContext());
    }

    @AfterAll
    static void stop() {
        session.stop();
    }

    @Test
    void trainingWithGroupNormIsAsInOneProcessForAnyNumberOfPartitions() throws IOException {
        float[] alone = trainedInThisProcess(Norm.group(4));
        for (int partitions : new int[] {1, 2, 4}) {
            float[] together = trained(Norm.group(4), partitions, (losses, checkpoint) -> {});
            assertThat(distance(together, alone)).as("%d partitions", partitions).isLessThan(1e-5);
        }
    }

    @Test
    void trainingWithBatchNormIsNot() throws IOException {
        float[] alone = trainedInThisProcess(Norm.batch());
        assertThat(distance(trained(Norm.batch(), 1, (losses, checkpoint) -> {}), alone))
                .isLessThan(1e-5);
        for (int partitions : new int[] {2, 4}) {
            float[] together = trained(Norm.batch(), partitions, (losses, checkpoint) -> {});
            assertThat(distance(together, alone))
                    .as("%d partitions", partitions)
                    .isGreaterThan(1e-2);
        }
    }

    @Test
    void anExecutorThatDiesInTrainingChangesNothing() throws IOException {
        float[] undisturbed = trained(Norm.group(4), 2, (losses, checkpoint) -> {});
        List<ProcessHandle> killed = new ArrayList<>();
        float[] disturbed =
                trained(
                        Norm.group(4),
                        2,
                        (losses, checkpoint) -> {
                            if (losses.size() == STEPS / 2) {
                                killed.add(executors().get(0));
                                kill(killed.get(0));
                            }
                        });
        assertThat(killed).hasSize(1);
        assertThat(distance(disturbed, undisturbed)).isLessThan(1e-6);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void scoresAreThoseOfThisProcess(boolean kill) throws Exception {
        Path images = writeImages();
        Files.writeString(images.resolve("bad.png"), "no image");
        byte[] model = model();
        ProcessHandle victim = executors().get(0);
        SparkListener killer =
                new SparkListener() {
                    @Override
                    public void onTaskEnd(SparkListenerTaskEnd task) {
                        if (kill && victim.isAlive()) {
                            kill(victim);
                        }
                    }
                };
        spark.sc().addSparkListener(killer);
        String output = folder.resolve("scores").toString();
        try {
            Dataset<Row> table =
                    session.read().format("binaryFile").load(images.toString()).repartition(8);
            Scoring.of(table, model).write().parquet(output);
        } finally {
            spark.sc().removeSparkListener(killer);
        }
        assertThat(victim.isAlive()).isEqualTo(!kill);
        List<Row> rows = session.read().parquet(output).collectAsList();
        assertThat(rows).hasSize(IMAGES + 1);
        Map<String, Row> byName =
                rows.stream()
                        .collect(
                                Collectors.toMap(
                                        row -> new File(row.<String>getAs("path")).getName(),
                                        row -> row));
        Row bad = byName.remove("bad.png");
        assertThat(bad.<String>getAs("error")).contains("cannot read image");
        assertThat(bad.<String>getAs("class")).isNull();
        try (Classifier alone = Classifier.read(model, folder);
                Predictor<Image, Classifications> predictor = alone.newPredictor(1)) {
            for (Map.Entry<String, Row> named : byName.entrySet()) {
                Path file = images.resolve(named.getKey());
                Classifications expected =
                        predictor.predict(ImageFactory.getInstance().fromFile(file));
                assertThat(named.getValue().<String>getAs("class"))
                        .isEqualTo(expected.best().getClassName());
                assertThat(named.getValue().<Float>getAs("probability"))
                        .isCloseTo((float) expected.best().getProbability(), within(1e-4f));
            }
        }
        assertThat(rows.stream().map(row -> row.<String>getAs("class")).distinct().count())
                .as("the model tells images apart")
                .isGreaterThan(2); // two classes, and none for the bad one
    }

    /** Real processes, or nothing of this would be shown. */
    @Test
    void theExecutorsAreProcesses() {
        assertThat(executors()).hasSize(2).doesNotContain(ProcessHandle.current());
    }

    /** The processes that tasks run in. */
    private static List<ProcessHandle> executors() {
        return spark
                .parallelize(List.of(1, 2, 3, 4), 4)
                .map(
                        i -> {
                            Thread.sleep(300); // so that both get some
                            return ProcessHandle.current().pid();
                        })
                .distinct()
                .collect()
                .stream()
                .map(pid -> ProcessHandle.of(pid).orElseThrow())
                .toList();
    }

    private static void kill(ProcessHandle executor) {
        executor.destroyForcibly();
        executor.onExit().join();
    }

    private float[] trained(Norm norm, int partitions, TrainingPlan.Listener listener)
            throws IOException {
        TrainingPlan plan = new TrainingPlan(12, STEPS, partitions, 0.01f, 3);
        try (Classifier classifier = new Classifier(card(norm))) {
            plan.run(spark, classifier, images(), plan.start(classifier), listener);
            return values(classifier);
        }
    }

    /** The same without Spark: the gradient of each whole batch, and a step. */
    private float[] trainedInThisProcess(Norm norm) {
        TrainingPlan plan = new TrainingPlan(12, STEPS, 1, 0.01f, 3);
        Images all = images();
        Batches batches = new Batches(all.size(), plan.batchSize(), plan.seed());
        try (Classifier classifier = new Classifier(card(norm))) {
            MomentumDescent descent =
                    new MomentumDescent(plan.start(classifier).velocity(), plan.learningRate());
            for (int step = 0; step < STEPS; step++) {
                Images batch = all.at(batches.of(step));
                byte[] parameters = Replica.parameters(classifier.model().getBlock());
                double[] gradient =
                        Replica.use(
                                NetDescription.of(classifier.card()),
                                net -> net.load(parameters).gradients(batch, batch.size()));
                descent.step(classifier.model().getBlock(), gradient);
            }
            return values(classifier);
        }
    }

    private static float[] values(Classifier classifier) {
        List<float[]> all =
                classifier.model().getBlock().getParameters().values().stream()
                        .map(parameter -> parameter.getArray().toFloatArray())
                        .toList();
        float[] values = new float[all.stream().mapToInt(array -> array.length).sum()];
        int start = 0;
        for (float[] array : all) {
            System.arraycopy(array, 0, values, start, array.length);
            start += array.length;
        }
        return values;
    }

    /** Relative to the size of all parameters together. */
    private static double distance(float[] actual, float[] expected) {
        double difference = 0;
        double size = 0;
        for (int i = 0; i < expected.length; i++) {
            difference += Math.pow(actual[i] - expected[i], 2);
            size += Math.pow(expected[i], 2);
        }
        return Math.sqrt(difference / size);
    }

    private static ModelCard card(Norm norm) {
        return new ModelCard(Net.parse("resnet:8"), norm, CLASSES, new Preprocessing(SIZE));
    }

    private byte[] model() throws IOException {
        TrainingPlan plan = new TrainingPlan(12, STEPS, 2, 0.01f, 3);
        try (Classifier classifier = new Classifier(card(Norm.group(4)))) {
            plan.run(
                    spark,
                    classifier,
                    images(),
                    plan.start(classifier),
                    (losses, checkpoint) -> {});
            classifier.save(folder);
        }
        return Files.readAllBytes(folder.resolve(Classifier.FILE));
    }

    private static Images images() {
        Random random = new Random(11);
        float[] pixels = new float[IMAGES * 3 * SIZE * SIZE];
        float[] labels = new float[IMAGES];
        int[] places = new int[IMAGES];
        int plane = SIZE * SIZE;
        for (int i = 0; i < pixels.length; i++) {
            int image = i / (3 * plane);
            boolean own = i / plane % 3 == image % 3;
            pixels[i] = (float) random.nextGaussian() * 0.5f + (own ? 1 : 0);
            labels[image] = image % 3;
            places[image] = image;
        }
        return new Images(places, labels, pixels);
    }

    private Path writeImages() throws IOException {
        Path images = Files.createDirectory(folder.resolve("images"));
        Random random = new Random(13);
        for (int i = 0; i < IMAGES; i++) {
            BufferedImage image = new BufferedImage(SIZE, SIZE, BufferedImage.TYPE_INT_RGB);
            Graphics2D graphics = image.createGraphics();
            for (int k = 0; k < 12; k++) {
                int[] color = {random.nextInt(120), random.nextInt(120), random.nextInt(120)};
                color[i % 3] += 120;
                graphics.setColor(new Color(color[0], color[1], color[2]));
                graphics.fillRect(random.nextInt(SIZE), random.nextInt(SIZE), 8, 8);
            }
            graphics.dispose();
            ImageIO.write(image, "png", images.resolve(i + ".png").toFile());
        }
        return images;
    }
}

package io.github.djlnorm.samples.spark;

import ai.djl.inference.Predictor;
import ai.djl.modality.Classifications;
import ai.djl.modality.Classifications.Classification;
import ai.djl.modality.cv.Image;
import ai.djl.modality.cv.ImageFactory;
import ai.djl.translate.TranslateException;
import io.github.djlnorm.samples.classification.Classifier;
import io.github.djlnorm.samples.images.BadImage;
import io.github.djlnorm.samples.images.ImageDecoder;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * A model over a table of images: a row for each, with its class and probability, or with what is
 * wrong with it. The model is sent to each process once, and one net is made of it there.
 */
final class Scoring {

    private static final int BATCH = 32;

    private static final StructType SCHEMA =
            new StructType()
                    .add("path", DataTypes.StringType, false)
                    .add("class", DataTypes.StringType)
                    .add("probability", DataTypes.FloatType)
                    .add("error", DataTypes.StringType);

    /** The nets of this process by the broadcast that they came in. */
    private static final Map<Long, Classifier> NETS = new ConcurrentHashMap<>();

    private Scoring() {}

    /**
     * Describes the scores of images, which are computed when somebody asks for them.
     *
     * @param images a table with the columns path (text) and content (bytes)
     * @param model what a model's file holds
     * @return a table with the columns path, class, probability and error
     */
    static Dataset<Row> of(Dataset<Row> images, byte[] model) {
        JavaSparkContext spark =
                JavaSparkContext.fromSparkContext(images.sparkSession().sparkContext());
        Broadcast<byte[]> sent = spark.broadcast(model);
        return images.sparkSession()
                .createDataFrame(
                        images.select("path", "content").javaRDD().mapPartitions(scores(sent)),
                        SCHEMA);
    }

    private static FlatMapFunction<Iterator<Row>, Row> scores(Broadcast<byte[]> sent) {
        return rows ->
                new Iterator<>() {
                    private final List<Row> scored = new ArrayList<>();
                    private int next;

                    @Override
                    public boolean hasNext() {
                        return next < scored.size() || rows.hasNext();
                    }

                    @Override
                    public Row next() {
                        if (next == scored.size()) {
                            scored.clear();
                            next = 0;
                            score(rows, net(sent), scored);
                        }
                        return scored.get(next++);
                    }
                };
    }

    private static Classifier net(Broadcast<byte[]> sent) {
        return NETS.computeIfAbsent(
                sent.id(), id -> Classifier.read(sent.value(), Path.of("the broadcast model")));
    }

    private static void score(Iterator<Row> rows, Classifier net, List<Row> scored) {
        List<String> paths = new ArrayList<>();
        List<Image> images = new ArrayList<>();
        while (rows.hasNext() && images.size() < BATCH && scored.size() < BATCH) {
            Row row = rows.next();
            String path = row.getString(0);
            byte[] content = row.isNullAt(1) ? new byte[0] : (byte[]) row.get(1);
            try {
                BufferedImage image = ImageDecoder.decode(new ByteArrayInputStream(content), path);
                images.add(ImageFactory.getInstance().fromImage(image));
                paths.add(path);
            } catch (BadImage e) {
                scored.add(RowFactory.create(path, null, null, e.getMessage()));
            }
        }
        if (!images.isEmpty()) {
            predict(net, paths, images, scored);
        }
    }

    private static void predict(
            Classifier net, List<String> paths, List<Image> images, List<Row> scored) {
        try (Predictor<Image, Classifications> predictor = net.newPredictor(1)) {
            List<Classifications> results = predictor.batchPredict(images);
            for (int i = 0; i < results.size(); i++) {
                Classification best = results.get(i).best();
                scored.add(
                        RowFactory.create(
                                paths.get(i),
                                best.getClassName(),
                                (float) best.getProbability(),
                                null));
            }
        } catch (TranslateException e) {
            throw new IllegalStateException("the net does not take the images", e);
        }
    }
}

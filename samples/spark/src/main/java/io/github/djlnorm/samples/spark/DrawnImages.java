package io.github.djlnorm.samples.spark;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.index.NDIndex;
import io.github.djlnorm.samples.data.CommonOptions;
import io.github.djlnorm.samples.data.MemoryImages;
import io.github.djlnorm.samples.data.Pixels;
import io.github.djlnorm.samples.data.Preprocessing;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** The images that the samples draw, as a table of PNG files. */
final class DrawnImages {

    private static final int SIZE = 32;

    private static final StructType SCHEMA =
            new StructType()
                    .add("path", DataTypes.StringType, false)
                    .add("content", DataTypes.BinaryType, false);

    private DrawnImages() {}

    static Dataset<Row> table(SparkSession session, CommonOptions common) throws Exception {
        List<Row> rows = new ArrayList<>();
        Preprocessing values = Preprocessing.resizing(SIZE);
        try (MemoryImages images =
                new MemoryImages(common.load(values, 1, false), values, 0, Integer.MAX_VALUE)) {
            float[] labels = images.test().labels().toFloatArray();
            for (int i = 0; i < labels.length; i++) {
                String kind = images.classes().get((int) labels[i]);
                try (NDArray pixels = images.test().images().get(new NDIndex("{}:{}", i, i + 1))) {
                    rows.add(RowFactory.create("%04d-%s.png".formatted(i, kind), png(pixels)));
                }
            }
        }
        return session.createDataFrame(rows, SCHEMA).repartition(parts(session));
    }

    /** Several for each core, so that no core is idle for long at the end. */
    static int parts(SparkSession session) {
        return 3 * session.sparkContext().defaultParallelism();
    }

    private static byte[] png(NDArray pixels) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ImageIO.write(Pixels.image(pixels), "png", out);
        return out.toByteArray();
    }
}

package io.github.djlnorm.samples.spark;

import io.github.djlnorm.samples.data.CommonOptions;
import io.github.djlnorm.samples.data.MemoryImages;
import io.github.djlnorm.samples.data.Preprocessing;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
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
            Images drawn = TrainingImages.of(images.test());
            for (int i = 0; i < drawn.size(); i++) {
                Images image = drawn.image(i);
                String kind = images.classes().get((int) image.labels()[0]);
                rows.add(RowFactory.create("%04d-%s.png".formatted(i, kind), png(image.pixels())));
            }
        }
        return session.createDataFrame(rows, SCHEMA).repartition(parts(session));
    }

    /** Several for each core, so that no core is idle for long at the end. */
    static int parts(SparkSession session) {
        return 3 * session.sparkContext().defaultParallelism();
    }

    private static byte[] png(float[] pixels) throws IOException {
        BufferedImage image = new BufferedImage(SIZE, SIZE, BufferedImage.TYPE_INT_RGB);
        int positions = SIZE * SIZE;
        for (int i = 0; i < positions; i++) {
            int rgb = 0;
            for (float value :
                    Arrays.asList(pixels[i], pixels[positions + i], pixels[2 * positions + i])) {
                rgb = rgb << 8 | Math.round(value * 255);
            }
            image.setRGB(i % SIZE, i / SIZE, rgb);
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ImageIO.write(image, "png", out);
        return out.toByteArray();
    }
}

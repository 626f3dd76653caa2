package io.github.djlnorm.samples.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import ai.djl.training.dataset.Batch;
import ai.djl.training.dataset.RandomAccessDataset;
import ai.djl.training.dataset.Record;
import io.github.djlnorm.samples.cli.BadInputException;
import io.github.djlnorm.samples.images.PictureFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageDataTest {

    private static final Preprocessing PREPROCESSING = Preprocessing.resizing(32);

    @TempDir private Path folder;
    private Path data;

    @BeforeEach
    void writeData() throws IOException {
        data = Pictures.write(folder.resolve("data"), 3, 2);
    }

    @Test
    void linkedClassFoldersAndImagesAreTrainedOn() throws IOException {
        for (String split : new String[] {"train", "test"}) {
            Path star = data.resolve(split).resolve("STAR");
            Path elsewhere = Files.move(star, folder.resolve(split + " elsewhere"));
            Files.createSymbolicLink(star, elsewhere);
        }
        Path image = data.resolve("train/CROSS/1.png");
        Files.createSymbolicLink(image, Files.move(image, folder.resolve("image")));
        ImageData images = load(4, false);
        assertThat(images.classes()).containsExactly("CIRCLE", "CROSS", "STAR");
        assertThat(images.train().size()).isEqualTo(9);
        assertThat(images.test().size()).isEqualTo(6);
        try (NDManager manager = NDManager.newBaseManager()) {
            List<Long> labels = new ArrayList<>();
            for (int i = 0; i < 9; i++) {
                labels.add(images.train().get(manager, i).getLabels().singletonOrThrow().getLong());
            }
            assertThat(labels).containsExactly(0L, 0L, 0L, 1L, 1L, 1L, 2L, 2L, 2L);
        }
    }

    @Test
    void theNetSeesTheStoredLevels() throws IOException {
        Path image = data.resolve("train/CIRCLE/0.png");
        Files.write(image, PictureFiles.grayOfSixteenBits(90));
        try (NDManager manager = NDManager.newBaseManager()) {
            Record record = load(4, false).train().get(manager, 0);
            float[] pixels = record.getData().singletonOrThrow().toFloatArray();
            assertThat(pixels)
                    .hasSize(3 * 32 * 32)
                    .containsOnly(new float[] {90 / 255f}, within(1e-6f));
        }
    }

    @Test
    void redIsRed() throws IOException {
        Path image = data.resolve("train/CIRCLE/0.png");
        Files.write(image, PictureFiles.encode(PictureFiles.plain(5, 4, 0xFF8000), "png"));
        try (NDManager manager = NDManager.newBaseManager()) {
            float[] pixels = load(4, false).train().get(manager, 0).getData().head().toFloatArray();
            assertThat(pixels[0]).isEqualTo(1);
            assertThat(pixels[32 * 32]).isCloseTo(128 / 255f, within(1e-6f));
            assertThat(pixels[2 * 32 * 32]).isZero();
        }
    }

    @Test
    void allBadImagesAreNamedAtOnceUpToALimit() throws IOException {
        Path half = PictureFiles.writeHalf(data.resolve("train/STAR/half.jpg"));
        Path large = PictureFiles.writeClaiming(data.resolve("test/STAR/0.png"), 30_000, 20_000);
        assertThatThrownBy(() -> load(4, false))
                .isInstanceOf(BadInputException.class)
                .hasMessageStartingWith("2 images cannot be used (")
                .hasMessageContaining("image " + large + " has 30000x20000 pixels")
                .hasMessageContaining("cannot read image " + half)
                .hasMessageEndingWith("): remove them or save them again as JPEG or PNG");
        for (int i = 0; i < 10; i++) {
            Files.writeString(data.resolve("train/CIRCLE/text" + i + ".jpg"), "text");
        }
        assertThatThrownBy(() -> load(4, false))
                .hasMessageStartingWith("12 images cannot be used (")
                .hasMessageContaining("; and 2 more): ");
    }

    /** More threads than one, as in training, take images in any order. */
    @Test
    void changesFollowFromTheSeedAlone() throws Exception {
        ImageData images = load(2, true);
        List<float[]> first = pass(images.train(), 7);
        assertThat(pass(load(2, true).train(), 7)).usingRecursiveComparison().isEqualTo(first);
        assertThat(pass(images.train(), 7)).usingRecursiveComparison().isEqualTo(first);
        assertThat(pass(images.train(), 8)).usingRecursiveComparison().isNotEqualTo(first);
    }

    @Test
    void changesDifferFromPassToPass() throws Exception {
        RandomAccessDataset train = load(9, true).train();
        Engine.getInstance().setRandomSeed(3);
        assertThat(sorted(pass(train))).isNotEqualTo(sorted(pass(train)));
        RandomAccessDataset unchanged = load(9, false).train();
        assertThat(sorted(pass(unchanged))).isEqualTo(sorted(pass(unchanged)));
    }

    @Test
    void anImageThatWouldBeAloneInABatchIsLeftOut() throws Exception {
        assertThat(load(4, false).batches()).isEqualTo(2);
        assertThat(pass(load(4, false).train(), 1)).hasSize(2);
        assertThat(load(1, false).batches()).isEqualTo(9);
        assertThat(load(5, false).batches()).isEqualTo(2);
    }

    private ImageData load(int batchSize, boolean augment) {
        return ImageData.folders(data, PREPROCESSING, batchSize, augment);
    }

    private static List<float[]> pass(RandomAccessDataset images, int seed) throws Exception {
        Engine.getInstance().setRandomSeed(seed);
        return pass(images);
    }

    /** The batches of a pass over the images. */
    private static List<float[]> pass(RandomAccessDataset images) throws Exception {
        List<float[]> batches = new ArrayList<>();
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try (NDManager manager = NDManager.newBaseManager()) {
            for (Batch batch : images.getData(manager, threads)) {
                batches.add(batch.getData().singletonOrThrow().toFloatArray());
                batch.close();
            }
        } finally {
            threads.shutdown();
        }
        return batches;
    }

    /** The images of a single batch, in an order that depends on nothing but their pixels. */
    private static List<List<Float>> sorted(List<float[]> batch) {
        int size = 3 * 32 * 32;
        float[] pixels = batch.get(0);
        return IntStream.range(0, pixels.length / size)
                .mapToObj(i -> Arrays.copyOfRange(pixels, i * size, (i + 1) * size))
                .sorted(Arrays::compare)
                .map(image -> IntStream.range(0, size).mapToObj(i -> image[i]).toList())
                .toList();
    }
}

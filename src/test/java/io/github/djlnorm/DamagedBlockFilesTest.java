package io.github.djlnorm;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.MalformedModelException;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import io.github.djlnorm.convolutional.ConvNorm;
import io.github.djlnorm.convolutional.ConvTranspose;
import io.github.djlnorm.convolutional.WeightStandardizedConv;
import io.github.djlnorm.models.CifarResNet;
import io.github.djlnorm.models.ImageGenerator;
import io.github.djlnorm.models.UNet;
import io.github.djlnorm.testing.Managed;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Files of layers and models with random damage. Anything but the two exceptions that DJL declares,
 * an error of the machine included, fails the test.
 */
class DamagedBlockFilesTest {

    private static final int MUTANTS = 200;
    private static final int[] SIZES = {
        0, 1, 0x7f, 0xff, 0xffff, 0x1000000, 0x7ffffff7, Integer.MAX_VALUE, Integer.MIN_VALUE, -1
    };

    @Managed private NDManager manager;

    private record Case(String name, Supplier<? extends Block> maker, List<Shape> shapes) {

        Block initialized(NDManager manager) {
            Block block = maker.get();
            block.initialize(manager, DataType.FLOAT32, shapes.toArray(new Shape[0]));
            return block;
        }

        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Case> cases() {
        NDManager scratch = NDManager.newBaseManager();
        Stream<Case> layers =
                Layers.all()
                        .map(
                                layer ->
                                        new Case(
                                                layer.toString(),
                                                layer::make,
                                                List.of(
                                                        Layers.shapes(
                                                                layer.inputs(
                                                                        scratch.ones(
                                                                                new Shape(
                                                                                        2, 6, 3,
                                                                                        4)))))));
        List<Shape> images = List.of(new Shape(1, 3, 8, 8));
        Stream<Case> others =
                Stream.of(
                        new Case(
                                "no parameters",
                                () ->
                                        InstanceNorm.builder()
                                                .optScale(false)
                                                .optCenter(false)
                                                .build(),
                                images),
                        new Case(
                                "chosen groups, no parameters",
                                () ->
                                        GroupNorm.builder()
                                                .groupsOfChannels(
                                                        Norm.groupOfChannels(2)::numGroups)
                                                .optScale(false)
                                                .optCenter(false)
                                                .build(),
                                images),
                        new Case(
                                "transposed",
                                () ->
                                        ConvTranspose.builder()
                                                .setKernelShape(new Shape(2, 2))
                                                .setFilters(2)
                                                .build(),
                                images),
                        new Case(
                                "standardized",
                                () ->
                                        WeightStandardizedConv.builder()
                                                .setKernelShape(new Shape(2, 2))
                                                .setFilters(2)
                                                .build(),
                                images),
                        new Case("stage", () -> ConvNorm.convGroupNorm(4, 2), images),
                        new Case(
                                "batch stage",
                                () ->
                                        ConvNorm.builder()
                                                .setKernelShape(new Shape(3, 3))
                                                .setFilters(2)
                                                .setNorm(Norm.batch())
                                                .build(),
                                images),
                        new Case(
                                "net",
                                () ->
                                        CifarResNet.builder()
                                                .setNumLayers(8)
                                                .setOutSize(2)
                                                .setNorm(Norm.group(2))
                                                .optWidth(2)
                                                .build(),
                                images),
                        new Case(
                                "generator",
                                () ->
                                        ImageGenerator.builder()
                                                .setNorm(Norm.instance())
                                                .optWidth(1)
                                                .optResidualBlocks(1)
                                                .build(),
                                List.of(new Shape(1, 3, 12, 12))),
                        new Case(
                                "unet",
                                () ->
                                        UNet.builder()
                                                .setNorm(Norm.group(2))
                                                .optWidth(2)
                                                .optDepth(1)
                                                .build(),
                                List.of(new Shape(1, 3, 5, 5))));
        return Stream.concat(layers, others);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void anyDamageIsRefusedAndChangesNothing(Case blockCase) throws IOException {
        byte[] original = save(trained(blockCase));
        Block fresh = blockCase.maker().get();
        Block target = blockCase.initialized(manager);
        byte[] before = save(target);
        Random random = new Random(7);
        for (int i = 0; i < MUTANTS; i++) {
            byte[] mutant = mutant(original, random);
            if (!Arrays.equals(mutant, original)) {
                assertThat(isRefused(fresh, mutant)).as("mutant %d", i).isTrue();
                assertThat(isRefused(target, mutant)).as("mutant %d", i).isTrue();
            }
        }
        assertThat(fresh.isInitialized()).isFalse();
        assertThat(save(target)).isEqualTo(before);
        assertThat(isRefused(fresh, original)).isFalse();
        assertThat(save(fresh)).isEqualTo(original);
    }

    /** As somebody would write it who knows the format. */
    @ParameterizedTest
    @MethodSource("cases")
    void damageWithTheRightChecksumIsReadOrRefused(Case blockCase) throws IOException {
        byte[] original = save(trained(blockCase));
        Random random = new Random(8);
        Block target = blockCase.initialized(manager);
        int refused = 0;
        for (int i = 0; i < MUTANTS; i++) {
            byte[] mutant = withChecksum(mutant(original, random));
            byte[] before = save(target);
            if (isRefused(target, mutant)) {
                refused++;
                assertThat(save(target)).isEqualTo(before);
            }
            Block fresh = blockCase.maker().get();
            if (isRefused(fresh, mutant)) {
                assertThat(fresh.isInitialized()).isFalse();
            }
        }
        assertThat(refused).isPositive();
    }

    private boolean isRefused(Block block, byte[] file) throws IOException {
        try {
            block.loadParameters(manager, new DataInputStream(new ByteArrayInputStream(file)));
            return false;
        } catch (MalformedModelException e) {
            assertThat(e).hasMessageStartingWith(block.getClass().getSimpleName());
            return true;
        }
    }

    private static byte[] mutant(byte[] original, Random random) {
        byte[] mutant = original.clone();
        int place = random.nextInt(original.length);
        switch (random.nextInt(5)) {
            case 0 -> mutant[place] ^= (byte) (1 << random.nextInt(8));
            case 1 -> mutant[place] = (byte) random.nextInt();
            case 2 -> {
                int size = SIZES[random.nextInt(SIZES.length)];
                if (place + Integer.BYTES <= mutant.length) {
                    ByteBuffer.wrap(mutant).putInt(place, size);
                }
            }
            case 3 -> mutant = Arrays.copyOf(original, place);
            default -> {
                int from = random.nextInt(original.length);
                int count = Math.min(random.nextInt(16), original.length - Math.max(from, place));
                System.arraycopy(original, from, mutant, place, count);
            }
        }
        return mutant;
    }

    /** With the checksum that belongs to a text and a body that are as long as they say. */
    private static byte[] withChecksum(byte[] file) {
        ByteBuffer bytes = ByteBuffer.wrap(file);
        if (file.length < 17) {
            return file;
        }
        int text = bytes.getInt(1);
        if (text < 0 || text > file.length - 17) {
            return file;
        }
        int body = bytes.getInt(5 + text);
        if (body < 0 || body > file.length - 17 - text) {
            return file;
        }
        CRC32 checksum = new CRC32();
        checksum.update(file, 5, text);
        checksum.update(file, 9 + text, body);
        bytes.putLong(9 + text + body, checksum.getValue());
        return file;
    }

    private Block trained(Case blockCase) {
        Block block = blockCase.initialized(manager);
        for (Parameter parameter : block.getParameters().values()) {
            int size = (int) parameter.getShape().size();
            Run.set(parameter, Arrays64.normal(50, size, 2, 0.1));
        }
        return block;
    }

    private static byte[] save(Block block) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        block.saveParameters(new DataOutputStream(bytes));
        return bytes.toByteArray();
    }
}

package io.github.djlnorm.samples.spark.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ReplicaTest {

    private static final int IMAGES = 6;
    private static final int SIZE = 32;

    private final NDManager manager = NDManager.newBaseManager();

    @AfterEach
    void close() {
        manager.close();
    }

    @Test
    void sharesOfABatchAddUpToItsGradientWithGroupNorm() {
        assertThat(distance("group:8")).isLessThan(1e-5);
    }

    @Test
    void sharesOfABatchHaveOtherGradientsWithBatchNorm() {
        assertThat(distance("batch")).isGreaterThan(1e-2);
    }

    /** A gradient is what the loss does when a parameter is moved. */
    @Test
    void theGradientIsThatOfTheLoss() {
        NetDescription net = new NetDescription("convnet", "group:8", 3, SIZE);
        Block block = block(net);
        Images images = images();
        double[] gradient = gradients(net, block, images);
        double squares = 0;
        for (int i = 0; i < gradient.length - 1; i++) {
            squares += gradient[i] * gradient[i];
        }
        float step = 1e-3f;
        new MomentumDescent(new float[gradient.length], step).step(block, gradient);

        double fallen = last(gradient) - last(gradients(net, block, images));

        assertThat(fallen / (step * squares)).isCloseTo(1, within(0.1));
    }

    private double distance(String norm) {
        NetDescription net = new NetDescription("convnet", norm, 3, SIZE);
        Block block = block(net);
        Images all = images();
        double[] whole = gradients(net, block, all);
        double[] first = gradients(net, block, all.at(new int[] {0, 1}));
        double[] second = gradients(net, block, all.at(new int[] {2, 3, 4, 5}));
        double difference = 0;
        double size = 0;
        for (int i = 0; i < whole.length; i++) {
            difference = Math.max(difference, Math.abs(first[i] + second[i] - whole[i]));
            size = Math.max(size, Math.abs(whole[i]));
        }
        return difference / size;
    }

    private Block block(NetDescription net) {
        manager.getEngine().setRandomSeed(3);
        Block block = net.create();
        block.initialize(manager, DataType.FLOAT32, new Shape(1, 3, SIZE, SIZE));
        return block;
    }

    private static double[] gradients(NetDescription net, Block block, Images share) {
        byte[] parameters = Replica.parameters(block);
        return Replica.use(net, replica -> replica.load(parameters).gradients(share, IMAGES));
    }

    private static double last(double[] values) {
        return values[values.length - 1];
    }

    private static Images images() {
        Random random = new Random(5);
        float[] pixels = new float[IMAGES * 3 * SIZE * SIZE];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (float) random.nextGaussian() + i / (3 * SIZE * SIZE) % 3;
        }
        return new Images(new int[] {0, 1, 2, 3, 4, 5}, new float[] {0, 1, 2, 0, 1, 2}, pixels);
    }
}

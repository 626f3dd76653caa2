package io.github.djlnorm.samples.spark.training;

import ai.djl.nn.Block;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.HashPartitioner;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.broadcast.Broadcast;
import scala.Tuple2;

/**
 * Synchronous data-parallel training. The images are spread over the partitions once; in each step
 * the driver broadcasts the parameters, every partition computes the gradients of those images of
 * the batch that it holds, the gradients are summed in a tree, and the driver moves the parameters.
 */
public final class DistributedTraining implements AutoCloseable {

    private final JavaSparkContext spark;
    private final NetDescription description;
    private final Block block;
    private final JavaRDD<Images> shards;
    private final int batchSize;
    private final int length;

    /**
     * Spreads the images.
     *
     * @param block the driver's net, initialized
     * @param description what others make it from
     */
    public DistributedTraining(
            JavaSparkContext spark,
            Block block,
            NetDescription description,
            Images images,
            int batchSize,
            int partitions) {
        this.spark = spark;
        this.block = block;
        this.description = description;
        this.batchSize = batchSize;
        length = Replica.length(block);
        List<Tuple2<Integer, Images>> byPlace =
                IntStream.range(0, images.size())
                        .mapToObj(i -> new Tuple2<>(images.place(i), images.image(i)))
                        .toList();
        // Past a shuffle a task names its images, and does not carry them.
        shards =
                spark.parallelizePairs(byPlace, partitions)
                        .partitionBy(new HashPartitioner(partitions))
                        .values()
                        .mapPartitions(gathered())
                        .cache();
        shards.count();
    }

    private static FlatMapFunction<java.util.Iterator<Images>, Images> gathered() {
        return parts -> {
            List<Images> all = new ArrayList<>();
            parts.forEachRemaining(all::add);
            return List.of(Images.of(all)).iterator();
        };
    }

    /**
     * Computes the gradient of a batch.
     *
     * @param places the places of its images, sorted
     * @return the sum of {@link Replica#gradients} over all partitions
     */
    public double[] gradients(int[] places) {
        Broadcast<byte[]> parameters = spark.broadcast(Replica.parameters(block));
        try {
            return shards.map(share(description, parameters, places, batchSize))
                    .treeAggregate(
                            new double[length], DistributedTraining::add, DistributedTraining::add);
        } finally {
            parameters.destroy();
        }
    }

    private static org.apache.spark.api.java.function.Function<Images, double[]> share(
            NetDescription description, Broadcast<byte[]> parameters, int[] places, int batchSize) {
        return shard -> {
            Images share = shard.at(places);
            return share.size() == 0
                    ? new double[0]
                    : Replica.use(
                            description,
                            replica ->
                                    replica.load(parameters.value()).gradients(share, batchSize));
        };
    }

    /** Adds to the first, which Spark allows; no images have no gradients. */
    public static double[] add(double[] sum, double[] part) {
        for (int i = 0; i < part.length; i++) {
            sum[i] += part[i];
        }
        return sum;
    }

    @Override
    public void close() {
        shards.unpersist();
    }
}

package io.github.djlnorm.samples.spark.training;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Which images a step trains on: the same, whatever the number of partitions. Each epoch has an
 * order of its own, and leaves out what is left over at its end.
 *
 * @param images the number of images
 * @param size the number of images in a batch, at most all
 * @param seed what the order follows from
 */
public record Batches(int images, int size, long seed) {

    /** The places of a step's images, sorted. */
    public int[] of(int step) {
        int perEpoch = images / size;
        List<Integer> order = IntStream.range(0, images).boxed().collect(Collectors.toList());
        Collections.shuffle(order, new Random(seed * 1_000_003 + step / perEpoch));
        int first = step % perEpoch * size;
        int[] places =
                order.subList(first, first + size).stream().mapToInt(Integer::intValue).toArray();
        Arrays.sort(places);
        return places;
    }
}

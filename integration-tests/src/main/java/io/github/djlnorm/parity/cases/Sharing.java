package io.github.djlnorm.parity.cases;

import java.util.function.IntBinaryOperator;
import java.util.stream.IntStream;

/**
 * The sets of elements that share statistics, in an input (N, C, *) in order.
 *
 * @param sets how many sets there are
 * @param size how many elements each has
 * @param place the index in the input of an element of a set, both by number
 */
public record Sharing(int sets, int size, IntBinaryOperator place) {

    /** The indices of a set's elements. */
    public int[] places(int set) {
        return IntStream.range(0, size).map(element -> place.applyAsInt(set, element)).toArray();
    }

    /** The elements of each group of channels, and in each instance. */
    static Sharing ofGroups(ParityCase c) {
        int size = c.channels() / c.groups() * c.positions();
        return new Sharing(
                c.instances() * c.groups(), size, (set, element) -> set * size + element);
    }

    /** The channels at each position of each instance. */
    static Sharing ofPositions(ParityCase c) {
        int channels = c.channels();
        int positions = c.positions();
        return new Sharing(
                c.instances() * positions,
                channels,
                (set, element) ->
                        (set / positions * channels + element) * positions + set % positions);
    }
}

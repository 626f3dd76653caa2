package io.github.djlnorm.benchmark;

import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * What a contestant works on.
 *
 * @param shape (N, C, H, W)
 * @param groups the number of groups, or 0 where there is nothing to choose
 * @param channelsLast whether it lies in memory as (N, H, W, C)
 */
record Input(Shape shape, int groups, boolean channelsLast) {

    private static final String CHANNELS_LAST = "channels-last";

    /** Reads what {@link #toString} writes. */
    static Input parse(String text) {
        String[] parts = text.split("/", -1);
        Shape shape =
                new Shape(Arrays.stream(parts[0].split("x")).mapToLong(Long::parseLong).toArray());
        boolean channelsLast = parts[parts.length - 1].equals(CHANNELS_LAST);
        boolean grouped = parts.length > (channelsLast ? 2 : 1);
        return new Input(shape, grouped ? Integer.parseInt(parts[1]) : 0, channelsLast);
    }

    long channels() {
        return shape.get(1);
    }

    String dimensions() {
        return Arrays.stream(shape.getShape())
                .mapToObj(Long::toString)
                .collect(Collectors.joining("x"));
    }

    String memory() {
        return channelsLast ? CHANNELS_LAST : "contiguous";
    }

    /** With as many channels, and hardly anything to do. */
    Input tiny(int height) {
        return new Input(new Shape(1, channels(), height, height), groups, channelsLast);
    }

    /** As in 8x64x32x32/32/channels-last, where the last two may be missing. */
    @Override
    public String toString() {
        return dimensions()
                + (groups > 0 ? "/" + groups : "")
                + (channelsLast ? "/" + CHANNELS_LAST : "");
    }
}

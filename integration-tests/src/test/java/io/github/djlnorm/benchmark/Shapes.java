package io.github.djlnorm.benchmark;

import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.Stream;

/** Sets of inputs. */
enum Shapes {
    /** All shapes. */
    ALL,
    /** All shapes, with one group for each channel. */
    ALL_BY_CHANNEL,
    /** Those with much to do in a call. */
    LARGE,
    /** Some, where the others would tell the same. */
    FEW,
    /** Of a size that convolutions take. */
    CONVOLVED,
    /** The input of the deep stack. */
    STACKED,
    /** The input of the first call in a process. */
    FIRST,
    /** A batch of CIFAR-10 images. */
    IMAGES;

    private static final String TINY = "1x8x4x4";
    private static final List<String> LARGE_ONES =
            List.of("8x64x32x32", "2x256x64x64", "1x64x224x224", "32x128x16x16");
    private static final List<String> EVERY =
            Stream.concat(LARGE_ONES.stream(), Stream.of("1x512x8x8", "4x32x16x32x32", TINY))
                    .toList();
    private static final int USUAL_GROUPS = 32;

    /**
     * An input.
     *
     * @param dimensions as a {@link Trial} tells them
     * @param groups the number of groups
     */
    record Input(String dimensions, int groups) {}

    List<Input> of(Size size) {
        return switch (this) {
            case STACKED -> List.of(new Input("8x32x64x64", 8));
            case FIRST -> List.of(new Input("8x64x32x32", USUAL_GROUPS));
            case IMAGES -> List.of(new Input("32x3x32x32", 8));
            default ->
                    dimensions(size).stream()
                            .flatMap(d -> groups(channels(d), size).map(g -> new Input(d, g)))
                            .toList();
        };
    }

    private List<String> dimensions(Size size) {
        if (size == Size.QUICK) {
            return this == ALL || this == ALL_BY_CHANNEL
                    ? List.of(EVERY.get(0), TINY)
                    : EVERY.subList(0, 1);
        }
        return switch (this) {
            case CONVOLVED -> List.of("8x64x32x32", "32x128x16x16");
            case LARGE -> size == Size.FULL ? EVERY : LARGE_ONES;
            case FEW -> size == Size.FULL ? EVERY : LARGE_ONES.subList(0, 2);
            default -> EVERY;
        };
    }

    private Stream<Integer> groups(int channels, Size size) {
        if (this == ALL_BY_CHANNEL) {
            return Stream.of(channels);
        } else if (size == Size.FULL && this == ALL) {
            return Stream.of(1, 8, USUAL_GROUPS, channels).filter(g -> g <= channels).distinct();
        }
        return Stream.of(Math.min(USUAL_GROUPS, channels));
    }

    private static int channels(String dimensions) {
        return Math.toIntExact(Trial.shape(dimensions).get(1));
    }

    /** Overhead counts for more where there is hardly any work. */
    static OptionalDouble groupNormTarget(String dimensions) {
        if (LARGE_ONES.contains(dimensions)) {
            return OptionalDouble.of(1.1);
        }
        return dimensions.equals(TINY) ? OptionalDouble.of(1.5) : OptionalDouble.empty();
    }
}

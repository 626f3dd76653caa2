package io.github.djlnorm.weights;

import java.util.List;

/** The path of a layer, such as layer1.0.conv1, ordered so that 2 is before 10. */
record LayerPath(List<String> parts) implements Comparable<LayerPath> {

    static LayerPath of(String dotted) {
        return new LayerPath(List.of(dotted.split("\\.", -1)));
    }

    @Override
    public int compareTo(LayerPath other) {
        int place = parting(other);
        if (isBeyondOne(place, other)) {
            return Integer.compare(parts.size(), other.parts.size());
        }
        String mine = parts.get(place);
        String others = other.parts.get(place);
        return partsAtIndex(other)
                ? Integer.compare(Integer.parseInt(mine), Integer.parseInt(others))
                : mine.compareTo(others);
    }

    /** Whether two paths part at an index, which tells which of them comes first in the network. */
    boolean partsAtIndex(LayerPath other) {
        int place = parting(other);
        return !isBeyondOne(place, other)
                && isIndex(parts.get(place))
                && isIndex(other.parts.get(place));
    }

    private int parting(LayerPath other) {
        int place = 0;
        while (!isBeyondOne(place, other) && parts.get(place).equals(other.parts.get(place))) {
            place++;
        }
        return place;
    }

    private boolean isBeyondOne(int place, LayerPath other) {
        return place >= Math.min(parts.size(), other.parts.size());
    }

    private static boolean isIndex(String part) {
        return part.matches("\\d{1,9}");
    }
}

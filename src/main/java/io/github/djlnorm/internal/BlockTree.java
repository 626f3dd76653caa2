package io.github.djlnorm.internal;

import ai.djl.nn.Block;
import ai.djl.util.Pair;
import java.util.ArrayList;
import java.util.List;

/** The blocks of a model, each with its path: the names of the children that lead to it. */
public final class BlockTree {

    /** The path of the model itself. */
    public static final String ROOT = "(root)";

    private BlockTree() {}

    /**
     * A block of a model. A block that is in a model twice has two places.
     *
     * @param path the names of the children that lead to the block, joined with slashes
     * @param block the block
     * @param parent the block that it is a child of, or null for the model itself
     */
    public record Place(String path, Block block, Block parent) {

        /**
         * Names a child of this block.
         *
         * @param child a child and its name
         * @return the child's place
         */
        public Place child(Pair<String, Block> child) {
            String prefix = parent == null ? "" : path + "/";
            return new Place(prefix + child.getKey(), child.getValue(), block);
        }
    }

    /**
     * Lists a model's blocks, parents before their children and children in their order.
     *
     * @param model the model
     * @return every block's place, that of the model itself first
     */
    public static List<Place> places(Block model) {
        List<Place> places = new ArrayList<>();
        add(new Place(ROOT, model, null), places);
        return places;
    }

    private static void add(Place place, List<Place> places) {
        places.add(place);
        for (Pair<String, Block> child : place.block().getChildren()) {
            add(place.child(child), places);
        }
    }
}

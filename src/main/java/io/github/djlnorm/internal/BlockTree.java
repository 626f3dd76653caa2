package io.github.djlnorm.internal;

import ai.djl.nn.Block;
import ai.djl.nn.BlockList;
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
     * @param parent the place of the block that it is a child of, or null for the model itself
     * @param index its place among the children of its parent, from 0
     */
    public record Place(String path, Block block, Place parent, int index) {

        private Place child(int childIndex, Pair<String, Block> child) {
            String prefix = parent == null ? "" : path + "/";
            return new Place(prefix + child.getKey(), child.getValue(), this, childIndex);
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
        add(new Place(ROOT, model, null, 0), places);
        return places;
    }

    private static void add(Place place, List<Place> places) {
        places.add(place);
        BlockList children = place.block().getChildren();
        for (int i = 0; i < children.size(); i++) {
            add(place.child(i, children.get(i)), places);
        }
    }
}

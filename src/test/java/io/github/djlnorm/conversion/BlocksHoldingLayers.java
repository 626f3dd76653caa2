package io.github.djlnorm.conversion;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.AbstractSymbolBlock;
import ai.djl.nn.Block;
import ai.djl.nn.BlockList;
import ai.djl.nn.ParameterList;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/** Blocks of one BatchNorm, each of which holds it in its own way and runs what it holds. */
final class BlocksHoldingLayers {

    private BlocksHoldingLayers() {}

    static BatchNorm batchNorm() {
        return BatchNorm.builder().build();
    }

    abstract static class Holder extends AbstractBlock {

        abstract Block held();

        @Override
        protected NDList forwardInternal(
                ParameterStore parameterStore,
                NDList inputs,
                boolean training,
                PairList<String, Object> params) {
            return held().forward(parameterStore, inputs, training, params);
        }

        @Override
        public Shape[] getOutputShapes(Shape[] inputShapes) {
            return inputShapes;
        }

        @Override
        protected void initializeChildBlocks(
                NDManager manager, DataType dataType, Shape... inputShapes) {
            getChildren().values().forEach(c -> c.initialize(manager, dataType, inputShapes));
        }
    }

    static final class InField extends Holder {

        private final Block norm = addChildBlock("norm", batchNorm());

        @Override
        Block held() {
            return norm;
        }
    }

    abstract static class Base extends Holder {

        private final Block norm = addChildBlock("BatchNorm", batchNorm());

        @Override
        Block held() {
            return norm;
        }
    }

    static final class InFieldOfSuperclass extends Base {}

    static final class InTypedField extends Holder {

        private final BatchNorm norm = addChildBlock("norm", batchNorm());

        @Override
        Block held() {
            return norm;
        }
    }

    static final class InArray extends Holder {

        private final Block[][] norms = {{null, addChildBlock("norm", batchNorm())}};

        @Override
        Block held() {
            return norms[0][1];
        }
    }

    static final class InTypedArray extends Holder {

        private final Block[] norms = new BatchNorm[] {addChildBlock("norm", batchNorm())};

        @Override
        Block held() {
            return norms[0];
        }
    }

    static final class InList extends Holder {

        private final List<Block> norms;

        InList(UnaryOperator<List<Block>> made) {
            norms = made.apply(new ArrayList<>(List.of(addChildBlock("norm", batchNorm()))));
        }

        @Override
        Block held() {
            return norms.get(0);
        }
    }

    static final class InTypedList extends Holder {

        private final List<? extends BatchNorm> norms =
                new ArrayList<>(List.of(addChildBlock("norm", batchNorm())));

        @Override
        Block held() {
            return norms.get(0);
        }
    }

    static final class InMapOfLists extends Holder {

        private final Map<String, List<Block>> norms = new HashMap<>();

        InMapOfLists() {
            norms.put("a", new ArrayList<>(List.of(addChildBlock("norm", batchNorm()))));
        }

        @Override
        Block held() {
            return norms.get("a").get(0);
        }
    }

    static final class InMap extends Holder {

        private final Map<String, Block> norms;

        InMap(UnaryOperator<Map<String, Block>> made) {
            norms = made.apply(new HashMap<>(Map.of("a", addChildBlock("norm", batchNorm()))));
        }

        @Override
        Block held() {
            return norms.get("a");
        }
    }

    static final class InPairs extends Holder {

        private final PairList<String, Block> norms = new PairList<>();

        InPairs() {
            norms.add("a", addChildBlock("norm", batchNorm()));
        }

        @Override
        Block held() {
            return norms.get("a");
        }
    }

    static final class InSet extends Holder {

        private final Set<Block> norms =
                new LinkedHashSet<>(List.of(addChildBlock("norm", batchNorm())));

        @Override
        Block held() {
            return norms.iterator().next();
        }
    }

    static final class InFunction extends Holder {

        private final UnaryOperator<NDList> function;

        InFunction() {
            Block norm = addChildBlock("norm", batchNorm());
            function = inputs -> norm.forward(new ParameterStore(), inputs, true);
        }

        @Override
        Block held() {
            throw new UnsupportedOperationException(function.toString());
        }
    }

    static final class InAnonymousClass extends Holder {

        private final Supplier<Block> supplier;

        InAnonymousClass() {
            Block norm = addChildBlock("norm", batchNorm());
            supplier =
                    new Supplier<>() {
                        @Override
                        public Block get() {
                            return norm;
                        }
                    };
        }

        @Override
        Block held() {
            return supplier.get();
        }
    }

    /** A list that takes back what is in it, and refuses anything else. */
    static final class Stubborn extends ArrayList<Block> {

        private static final long serialVersionUID = 1L;

        Stubborn(List<Block> blocks) {
            super(blocks);
        }

        @Override
        public Block set(int index, Block block) {
            if (block != get(index)) {
                throw new IllegalStateException("stubborn");
            }
            return super.set(index, block);
        }
    }

    /** Has a child that is not in the list of children that AbstractBlock keeps. */
    static final class WithOwnChildren extends Holder {

        private final Block norm = batchNorm();

        @Override
        Block held() {
            return norm;
        }

        @Override
        public BlockList getChildren() {
            return new BlockList(List.of("own"), List.of(norm));
        }
    }

    /** What a loaded TorchScript model is to DJL. */
    static final class Symbol extends AbstractSymbolBlock {

        @Override
        protected NDList forwardInternal(
                ParameterStore parameterStore,
                NDList inputs,
                boolean training,
                PairList<String, Object> params) {
            return inputs;
        }

        @Override
        public ParameterList getDirectParameters() {
            return new ParameterList();
        }
    }
}

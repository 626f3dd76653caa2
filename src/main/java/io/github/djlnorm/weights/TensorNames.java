package io.github.djlnorm.weights;

import ai.djl.ndarray.types.Shape;
import io.github.djlnorm.weights.storage.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The tensors of a checkpoint that parameters can have, by name and in their order. */
final class TensorNames {

    private final Map<String, Optional<Tensor>> tensors = new LinkedHashMap<>();

    TensorNames(StateDict stateDict) {
        stateDict.tensors().forEach((name, tensor) -> tensors.put(name, Optional.of(tensor)));
        stateDict.refused().keySet().forEach(name -> tensors.put(name, Optional.empty()));
        tensors.keySet().removeIf(name -> kind(name).equals(BlockTensors.BATCHES));
    }

    Set<String> all() {
        return tensors.keySet();
    }

    /** The part after the last dot: what the tensor is to its layer. */
    static String kind(String name) {
        return name.substring(name.lastIndexOf('.') + 1);
    }

    /** What is before the last dot: the path of the layer. */
    static String layer(String name) {
        return name.substring(0, Math.max(name.lastIndexOf('.'), 0));
    }

    /** Whether a tensor may be of a shape; of one that is refused the shape is not known. */
    boolean hasShape(String name, Shape shape) {
        return tensors.get(name).map(tensor -> tensor.shape().equals(shape)).orElse(true);
    }

    /** Whether a tensor may have a number of dimensions. */
    boolean hasRank(String name, Shape shape) {
        return tensors.get(name)
                .map(tensor -> tensor.shape().dimension() == shape.dimension())
                .orElse(true);
    }

    /**
     * Whether names are in the order of the alphabet, as the safetensors library writes them, type
     * by type: then their order says nothing of the network's.
     */
    boolean areSorted(List<String> names) {
        return names.stream()
                .collect(Collectors.groupingBy(name -> tensors.get(name).map(Tensor::storedType)))
                .values()
                .stream()
                .allMatch(ofType -> ofType.equals(ofType.stream().sorted().toList()));
    }
}

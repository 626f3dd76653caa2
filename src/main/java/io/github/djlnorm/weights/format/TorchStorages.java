package io.github.djlnorm.weights.format;

import io.github.djlnorm.weights.format.TorchNames.Storage;
import io.github.djlnorm.weights.format.TorchNames.View;
import io.github.djlnorm.weights.storage.ByteRange;
import io.github.djlnorm.weights.storage.FileTensor;
import io.github.djlnorm.weights.storage.MalformedWeightsException;
import io.github.djlnorm.weights.storage.NegatedTensor;
import io.github.djlnorm.weights.storage.Printable;
import io.github.djlnorm.weights.storage.Tensor;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;

/** The bytes of the storages of a file, and the tensors that are views of them. */
record TorchStorages(Map<String, ByteRange> ranges, ByteOrder order) {

    Tensor tensor(View view) throws MalformedWeightsException {
        Storage storage = view.storage();
        ByteRange range = ranges.get(storage.key());
        if (range == null) {
            throw TorchNames.damaged("there is no storage " + Printable.quoted(storage.key()));
        }
        int bytes = storage.isOfBytes() ? 1 : view.type().bytes();
        if (storage.elements() > range.size() / bytes) {
            throw TorchNames.damaged(
                    "storage %s has %d bytes for %d elements of %s"
                            .formatted(
                                    Printable.quoted(storage.key()),
                                    range.size(),
                                    storage.elements(),
                                    storage.typeName()));
        }
        long offset = storage.offset() + view.offset();
        if (storage.offset() > 0 && offset < storage.offset()) {
            throw TorchNames.damaged("a tensor begins before its storage");
        }
        Tensor tensor =
                new FileTensor(
                        view.type(),
                        order,
                        range,
                        offset,
                        longs(view.sizes()),
                        longs(view.strides()));
        return view.negated() ? new NegatedTensor(tensor) : tensor;
    }

    private static long[] longs(List<Long> values) {
        return values.stream().mapToLong(Long::longValue).toArray();
    }
}

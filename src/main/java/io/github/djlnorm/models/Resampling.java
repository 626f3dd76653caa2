package io.github.djlnorm.models;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import io.github.djlnorm.torch.TorchFunction;
import java.util.Map;

/**
 * Padding and upsampling of images of shape (N, C, H, W), for which DJL has no operations: by
 * libtorch's own on the PyTorch engine, and by slices and broadcasts on others.
 */
final class Resampling {

    private static final String REFLECT =
            """
            def forward(self, x: Tensor) -> Tensor:
              return torch.reflection_pad2d(x, [self.size, self.size, self.size, self.size])
            """;
    private static final String UPSAMPLE =
            """
            def forward(self, x: Tensor) -> Tensor:
              return torch.upsample_nearest2d(x, [2 * x.size(2), 2 * x.size(3)])
            """;

    private Resampling() {}

    /**
     * Mirrors an image at its four borders, without repeating the border itself.
     *
     * @param size how many pixels are added to each border, fewer than the image has
     */
    static NDArray reflect(NDArray x, int size) {
        return TorchFunction.takes(x)
                ? TorchFunction.of(REFLECT, Map.of("size", (long) size)).call(x).get(0)
                : reflectBySlices(x, size);
    }

    static NDArray reflectBySlices(NDArray x, int size) {
        return reflect(reflect(x, 2, size), 3, size);
    }

    private static NDArray reflect(NDArray x, int axis, int size) {
        long length = x.getShape().get(axis);
        NDArray before = slice(x, axis, 1, size + 1L).flip(axis);
        NDArray after = slice(x, axis, length - 1 - size, length - 1).flip(axis);
        return before.concat(x, axis).concat(after, axis);
    }

    private static NDArray slice(NDArray x, int axis, long from, long to) {
        return axis == 2 ? x.get(":, :, {}:{}, :", from, to) : x.get(":, :, :, {}:{}", from, to);
    }

    /** Makes four of each pixel. */
    static NDArray upsample(NDArray x) {
        return TorchFunction.takes(x)
                ? TorchFunction.of(UPSAMPLE, Map.of()).call(x).get(0)
                : upsampleByBroadcast(x);
    }

    static NDArray upsampleByBroadcast(NDArray x) {
        Shape s = x.getShape();
        return x.reshape(s.get(0), s.get(1), s.get(2), 1, s.get(3), 1)
                .broadcast(s.get(0), s.get(1), s.get(2), 2, s.get(3), 2)
                .reshape(s.get(0), s.get(1), 2 * s.get(2), 2 * s.get(3));
    }
}

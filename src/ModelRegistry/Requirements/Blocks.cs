namespace Terradev.ModelRegistry.Requirements;

/// <summary>Parameters of the parts that networks are put together from. Figures up to 10^8 each do not overflow.</summary>
internal static class Blocks
{
    /// <summary>A matrix and, with <paramref name="bias"/>, one value for each output.</summary>
    public static Int128 Linear(Int128 inputs, Int128 outputs, bool bias = true) => (inputs * outputs) + (bias ? outputs : 0);

    /// <summary>Scale and shift of a layer norm.</summary>
    public static Int128 Norm(Int128 width) => 2 * width;

    /// <summary>Query, key, value and output, all with biases.</summary>
    public static Int128 Attention(Int128 hidden) => 4 * Linear(hidden, hidden);

    /// <summary>Two matrices with biases.</summary>
    public static Int128 FeedForward(Int128 hidden, Int128 intermediate) => Linear(hidden, intermediate) + Linear(intermediate, hidden);

    /// <summary>A layer of the original transformer's encoder: attention, feed-forward network, two layer norms.</summary>
    public static Int128 EncoderLayer(Int128 hidden, Int128 intermediate) => Attention(hidden) + FeedForward(hidden, intermediate) + (2 * Norm(hidden));

    /// <summary>A layer of its decoder: self-attention, attention to the encoder, feed-forward network, three layer norms.</summary>
    public static Int128 DecoderLayer(Int128 hidden, Int128 intermediate) => (2 * Attention(hidden)) + FeedForward(hidden, intermediate) + (3 * Norm(hidden));

    /// <summary>A convolution with a square kernel.</summary>
    public static Int128 Convolution(Int128 inputs, Int128 outputs, Int128 kernel, bool bias = true) => Linear(inputs * kernel * kernel, outputs, bias);

    public static Int128 Square(Int128 value) => value * value;
}

namespace Terradev.ModelRegistry.Requirements;

/// <summary>Reads the many spellings of <c>config.json</c> into one.</summary>
internal static class ConfigReader
{
    /// <param name="nested">True for a section such as <c>text_config</c>, where even the size may be left to the defaults.</param>
    public static ModelConfig Read(ConfigFields fields, string fallbackType, bool nested)
    {
        var type = fields.Word("model_type") ?? fallbackType;
        var defaults = ConfigDefaults.Of(type);
        var hidden = fields.Int("hidden_size", "n_embd", "n_embed", "d_model", "dim") ?? (nested ? defaults?.Hidden : null);
        var layers = fields.Int("encoder_layers", "num_hidden_layers", "n_layer", "num_layers", "n_layers") ?? (nested ? defaults?.Layers : null);

        // A list tells the type alone: that is no model of the default size.
        defaults = hidden is null || layers is null ? null : defaults;
        var heads = fields.Int("num_attention_heads", "n_head", "num_heads", "encoder_attention_heads", "n_heads");
        var window = Window(fields, type);
        var translates = fields.Flag("is_encoder_decoder") ?? type is "t5" or "mt5" or "umt5";
        return new ModelConfig
        {
            Type = type,
            Architectures = fields.Words("architectures"),
            Fields = fields,
            HiddenSize = hidden,
            Layers = layers,
            DecoderLayers = fields.Int("num_decoder_layers", "decoder_layers") ?? (translates ? layers : null),
            AttentionHeads = heads ?? defaults?.Heads,
            KeyValueHeads = KeyValueHeads(fields, type) ?? (heads is null ? defaults?.KeyValueHeads : null),
            HeadDim = fields.Int("head_dim", "d_kv", "kv_channels") ?? (type is "t5" or "mt5" or "umt5" ? 64 : defaults?.HeadDim),
            IntermediateSize = fields.Int("intermediate_size", "n_inner", "d_ff", "d_inner", "encoder_ffn_dim", "ffn_dim", "hidden_dim", "ffn_hidden_size")
                ?? (type is "gpt2" ? null : defaults?.Intermediate),
            ExpertIntermediateSize = fields.Int("moe_intermediate_size"),
            VocabularySize = fields.Int("vocab_size", "padded_vocab_size") ?? defaults?.Vocabulary,
            MaxPositions = fields.Int("max_position_embeddings", "n_positions", "max_target_positions", "n_ctx", "max_sequence_length", "seq_length", "max_seq_len") ?? defaults?.Positions,
            TypeVocabularySize = fields.Int("type_vocab_size"),
            TieWordEmbeddings = fields.Flag("tie_word_embeddings"),
            IsEncoderDecoder = translates,
            Experts = fields.Int("num_local_experts", "num_experts", "n_routed_experts"),
            ExpertsPerToken = fields.Int("num_experts_per_tok", "experts_per_token"),
            SlidingWindow = window,
            SlidingLayers = window is null ? 0 : SlidingLayers(fields, type, layers ?? 0),
            LinearLayers = type is "mamba" or "mamba2" or "falcon_mamba" ? layers ?? 0 : fields.Words("layer_types").Count(layer => layer is "linear_attention" or "mamba"),
            LatentRank = fields.Int("kv_lora_rank"),
            LatentRopeDim = fields.Int("qk_rope_head_dim"),
            ImageSize = fields.Int("image_size") ?? defaults?.Image,
            PatchSize = fields.Int("patch_size") ?? defaults?.Patch,
            Channels = fields.Int("num_channels", "in_chans"),
            Labels = fields.Int("num_labels") ?? fields.CountOf("id2label"),
            ProjectionDim = fields.Int("projection_dim"),
            MelBins = fields.Int("num_mel_bins"),
            MaxSourcePositions = fields.Int("max_source_positions"),
            Queries = fields.Int("num_queries"),
            Dtype = Dtype(fields.Word("dtype") ?? fields.Word("torch_dtype")),
            Quantization = fields.Section("quantization_config") is { } section ? Quantization.Read(section) : null,
        };
    }

    // Multi-query attention: Falcon and BigCode share one key-value head unless the config says otherwise.
    private static int? KeyValueHeads(ConfigFields fields, string type) => type switch
    {
        "falcon" when fields.Flag("new_decoder_architecture") != true => fields.Flag("multi_query") == false ? null : 1,
        "gpt_bigcode" => fields.Flag("multi_query") == false ? null : 1,
        "chatglm" => fields.Flag("multi_query_attention") == true ? fields.Int("multi_query_group_num") : null,
        "mpt" => fields.Section("attn_config")?.Int("kv_n_heads"),
        _ => fields.Int("num_key_value_heads", "num_kv_heads", "n_head_kv"),
    };

    // Qwen's window is off unless it is switched on.
    private static int? Window(ConfigFields fields, string type) =>
        fields.Flag("use_sliding_window") ?? !type.StartsWith("qwen", StringComparison.Ordinal)
            ? fields.Int("sliding_window") ?? (type is "gemma2" or "gemma3_text" ? 4096 : type is "gpt_oss" ? 128 : null)
            : null;

    private static int SlidingLayers(ConfigFields fields, string type, int layers)
    {
        if (fields.Words("layer_types") is { Count: > 0 } types)
        {
            return types.Count(layer => layer == "sliding_attention");
        }

        // Every n-th layer attends to everything.
        if ((fields.Int("sliding_window_pattern", "_sliding_window_pattern") ?? type switch { "gemma2" or "gpt_oss" => 2, "gemma3_text" => 6, "cohere2" => 4, _ => null }) is { } pattern)
        {
            return layers - (layers / pattern);
        }

        return fields.Int("max_window_layers") is { } full ? Math.Max(layers - full, 0) : layers;
    }

    private static string? Dtype(string? torch) => torch switch
    {
        "float32" or "float" => "F32",
        "bfloat16" => "BF16",
        "float16" or "half" => "F16",
        _ => null,
    };
}

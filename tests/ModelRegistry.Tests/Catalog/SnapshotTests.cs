using System.Diagnostics;
using System.Net.Http.Json;
using Terradev.Contracts;
using Terradev.Contracts.ModelRegistry;
using Terradev.ModelRegistry.Catalog;
using Terradev.ModelRegistry.Requirements;

namespace Terradev.ModelRegistry.Tests.Catalog;

/// <summary>A registry that reaches no hub, shared by tests that only read.</summary>
public sealed class OfflineRegistry : IAsyncLifetime
{
    private readonly RegistryApp _app = new();

    public HttpClient Client { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        await using var ready = await _app.ScopeAsync();
        Client = _app.Client;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}

public sealed class SnapshotTests(OfflineRegistry registry, ITestOutputHelper output) : IClassFixture<OfflineRegistry>
{
    [Theory]
    [InlineData("source=tensorflow-hub", 1160)]
    [InlineData("source=pytorch-hub", 158)]
    [InlineData("source=reference", 12)]
    [InlineData("task=reinforcement-learning", 15)]
    [InlineData("task=time-series-forecasting", 20)]
    [InlineData("task=image-classification&source=tensorflow-hub", 200)]
    [InlineData("task=sentence-similarity&source=tensorflow-hub", 20)]
    [InlineData("task=automatic-speech-recognition&source=pytorch-hub", 1)]
    [InlineData("task=audio-classification", 5)]
    [InlineData("task=text-to-speech", 5)]
    [InlineData("task=text-to-image", 2)]
    [InlineData("task=unconditional-image-generation", 10)]
    [InlineData("task=object-detection", 20)]
    [InlineData("task=fill-mask", 5)]
    [InlineData("task=text-generation", 20)]
    [InlineData("framework=tensorflow", 1000)]
    [InlineData("framework=stable-baselines3", 8)]
    [InlineData("framework=tf-agents", 4)]
    public async Task Without_any_hub_a_list_has_entries(string query, int atLeast) => (await CountAsync(query)).ShouldBeGreaterThanOrEqualTo(atLeast);

    [Theory]
    [InlineData("PPO", "stable-baselines3/ppo")]
    [InlineData("A2C", "sb3/a2c-CartPole-v1")]
    [InlineData("DQN", "tf-agents/dqn")]
    [InlineData("Prophet", "prophet/prophet")]
    [InlineData("LSTM", "pytorch/lstm")]
    [InlineData("GRU", "keras/gru")]
    [InlineData("Transformer-XL", "google/wiki40b-lm-en")]
    [InlineData("transfo-xl", "transfo-xl/transfo-xl-wt103")]
    [InlineData("Universal Sentence Encoder", "google/universal-sentence-encoder")]
    [InlineData("EfficientNet", "pytorch/vision/efficientnet_b0")]
    [InlineData("ResNet", "pytorch_vision_resnet")]
    [InlineData("MobileNet", "pytorch_vision_mobilenet_v2")]
    [InlineData("ViT", "pytorch/vision/vit_b_16")]
    [InlineData("CLIP", "openai/clip-vit-base-patch32")]
    [InlineData("DETR", "facebook/detr-resnet-101")]
    [InlineData("BERT", "tensorflow/bert_en_uncased_L-12_H-768_A-12")]
    [InlineData("GPT2", "openai-community/gpt2-xl")]
    [InlineData("T5", "google-t5/t5-small")]
    [InlineData("RoBERTa", "pytorch_fairseq_roberta")]
    [InlineData("whisper", "openai/whisper-tiny")]
    [InlineData("wav2vec2", "facebook/wav2vec2-base-960h")]
    [InlineData("yamnet", "google/yamnet")]
    [InlineData("stable diffusion", "stable-diffusion-v1-5/stable-diffusion-v1-5")]
    [InlineData("DCGAN", "facebookresearch_pytorch-gan-zoo_dcgan")]
    [InlineData("BigGAN", "deepmind/biggan-128")]
    [InlineData("chronos", "amazon/chronos-t5-small")]
    public async Task A_text_finds_the_models_of_that_name(string text, string id) =>
        (await ListAsync($"search={Uri.EscapeDataString(text)}&limit=1000")).Items.Select(model => model.Id).ShouldContain(id);

    [Theory]
    [InlineData("image-object-detection", "object-detection")]
    [InlineData("ASR", "automatic-speech-recognition")]
    [InlineData("time series", "time-series-forecasting")]
    [InlineData("Image_Classification", "image-classification")]
    public async Task Another_hubs_word_for_a_task_means_the_same(string word, string task)
    {
        (await CountAsync($"task={Uri.EscapeDataString(word)}")).ShouldBe(await CountAsync($"task={task}"));
        TaskWords.IsKnown(task).ShouldBeTrue();
    }

    [Fact]
    public void Nearly_all_entries_have_a_task_of_the_common_vocabulary()
    {
        var strange = Snapshot.Shipped.Models.Where(model => model.Task is null || !TaskWords.IsKnown(model.Task)).ToArray();

        output.WriteLine(string.Join(", ", strange.Select(model => model.Task).Distinct()));
        strange.Length.ShouldBeLessThan(Snapshot.Shipped.Models.Count / 10);
    }

    [Fact]
    public void Every_entry_can_be_asked_for_by_its_reference()
    {
        foreach (var model in Snapshot.Shipped.Models)
        {
            HubReference.TryParse($"{model.Source}:{model.Id}", out var reference).ShouldBeTrue(model.Id);
            Snapshot.Shipped.Find(reference!.Source, reference.Id.ToUpperInvariant()).ShouldBe(model);
            model.Downloads.ShouldBe(model.Source == "huggingface" ? model.Downloads : null);
            model.Files.ShouldAllBe(file => file.Sha256 == null || file.Sha256.Length == 64);
        }
    }

    [Fact]
    public void Handles_are_found_with_and_without_their_version()
    {
        var newest = Snapshot.Shipped.Find("tensorflow-hub", "google/universal-sentence-encoder").ShouldNotBeNull();

        newest.Revision.ShouldBe("4");
        newest.Usage.ShouldContain("hub.load(\"https://tfhub.dev/google/universal-sentence-encoder/4\")");
        Snapshot.Shipped.Find("tensorflow-hub", "google/universal-sentence-encoder/3").ShouldBe(newest);
        Snapshot.Shipped.Find("tensorflow-hub", "nvidia/unet/industrial/class_1/1").ShouldNotBeNull();
        Snapshot.Shipped.Find("tensorflow-hub", "google/4").ShouldBeNull();
    }

    [Theory]
    [InlineData("pytorch-hub", "pytorch/vision/resnet50", 25_557_032)]
    [InlineData("pytorch-hub", "pytorch_vision_resnet", 60_192_808)]
    [InlineData("tensorflow-hub", "tensorflow/bert_en_uncased_L-12_H-768_A-12", 109_482_240)]
    [InlineData("huggingface", "openai/whisper-tiny", 37_760_640)]
    [InlineData("huggingface", "openai-community/gpt2-medium", 354_823_168)]
    [InlineData("huggingface", "meta-llama/Llama-3.1-70B", 70_553_706_496)]
    [InlineData("reference", "stable-baselines3/ppo", 9_155)]
    public void Published_counts_and_formulas_tell_the_parameters(string source, string id, long parameters)
    {
        var model = Snapshot.Shipped.Find(source, id).ShouldNotBeNull();

        ParameterCount.Of(model, ModelConfig.Parse(model.Config)).ShouldNotBeNull().Parameters.Total.ShouldBe(parameters);
    }

    [Fact]
    public void The_snapshot_is_read_quickly()
    {
        var watch = Stopwatch.StartNew();
        var again = TensorFlowHubCatalog.Read().Count() + PyTorchHubCatalog.Read().Count();
        watch.Stop();

        output.WriteLine($"{again} rows in {watch.ElapsedMilliseconds} ms");
        watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(1));
    }

    private async Task<int> CountAsync(string query) =>
        (await ListAsync($"{query}&facets=true&limit=1")).Facets.ShouldNotBeNull().Source.Values.Sum();

    private async Task<ModelPage> ListAsync(string query) =>
        (await registry.Client.GetFromJsonAsync<ModelPage>($"/api/v1/models?{query}", TerradevJson.Options)).ShouldNotBeNull();
}

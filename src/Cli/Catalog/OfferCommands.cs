using System.CommandLine;
using Terradev.Contracts.ComputeOptimizer;

namespace Terradev.Cli.Catalog;

/// <summary><c>terradev offers</c> and <c>terradev gpus</c>: offers by what they are, and where their prices come from.</summary>
internal static class OfferCommands
{
    public static Command Offers()
    {
        var filters = new Filters()
            .With("cloud", Text("--cloud", "aws, gcp or azure; several are separated by commas.", "clouds"))
            .With("region", Text("--region", "Such as us-east-1; several are separated by commas.", "regions"))
            .With("zone", Text("--zone", "Such as us-east-1a, for prices that are a zone's own.", "zones"))
            .With("instanceType", Text("--instance-type", "Such as g6.xlarge.", "types"))
            .With("capacity", Words.Option<Capacity>("--capacity", "How the instance is bought."))
            .With("gpu", Text("--gpu", "GPU model, such as L4; several are separated by commas.", "models"))
            .With("vendor", Text("--vendor", "nvidia or amd.", "name"))
            .With("interconnect", Words.Option<Interconnect>("--interconnect", "What joins the GPUs of the instance."))
            .With("minComputeCapability", Words.Number<decimal>("--min-compute-capability", "NVIDIA compute capability, at least, such as 8.0.", "version"))
            .With("minGpuMemoryGiB", Words.Number<decimal>("--min-gpu-memory", "GiB per GPU, at least.", "gib"))
            .With("gpuCount", Words.Number<decimal>("--gpu-count", "GPUs per instance.", "count"))
            .With("minGpuCount", Words.Number<decimal>("--min-gpus", "GPUs per instance, at least.", "count"))
            .With("maxGpuCount", Words.Number<decimal>("--max-gpus", "GPUs per instance, at most.", "count"))
            .With("minVcpus", Words.Number<decimal>("--min-vcpus", "vCPUs, at least.", "count"))
            .With("minMemoryGiB", Words.Number<decimal>("--min-memory", "GiB of the host, at least.", "gib"))
            .With("maxHourly", Words.Number<decimal>("--max-hourly", "USD per hour, at most.", "usd"))
            .With("source", Text("--source", "The name under which the prices were imported; see terradev offers sources.", "name"))
            .With("confidence", Words.Option<PriceConfidence>("--confidence", "How far the price can be trusted."))
            .With("sort", Text(
                "--sort", "price, price-per-gpu, price-per-gib, gpu-memory, total-gpu-memory, gpu-count, vcpus, memory, instance-type, region or as-of; a '-' before it turns it round.", "field"))
            .With("limit", Words.Number<int>("--limit", "How many to list.", "count", 20));
        var command = filters.Command("offers", "List instances with GPUs and their prices, the cheapest first.", async (session, query, cancellationToken) =>
        {
            var page = await (await session.ClientAsync(cancellationToken)).OffersAsync(query, cancellationToken);
            return session.Print(page, CatalogReport.Offers);
        });
        command.Add(new ImportCommand());
        command.Add(Sources());
        command.Add(Imports());
        command.Add(History());
        return command;
    }

    public static Command Gpus()
    {
        var model = new Argument<string?>("model") { Description = "A GPU, such as L4: the instances with it, where and from what price.", DefaultValueFactory = _ => null };
        var filters = new Filters()
            .With("cloud", Text("--cloud", "aws, gcp or azure; several are separated by commas.", "clouds"))
            .With("region", Text("--region", "Such as us-east-1; several are separated by commas.", "regions"))
            .With("capacity", Words.Option<Capacity>("--capacity", "How the instance is bought."))
            .With("vendor", Text("--vendor", "nvidia or amd.", "name"))
            .With("minMemoryGiB", Words.Number<decimal>("--min-memory", "GiB per GPU, at least.", "gib"))
            .With("sort", Text("--sort", "name, price, memory or price-per-gpu; a '-' before it turns it round.", "field"));
        var command = filters.Command("gpus", "List the GPUs that are offered, or the instances with one.", async (session, query, cancellationToken) =>
        {
            var client = await session.ClientAsync(cancellationToken);
            return session.Parse.GetValue(model) is { } name
                ? session.Print(await client.GpuAsync(name, query, cancellationToken), GpuReport.Availability)
                : session.Print(await client.GpusAsync(query, cancellationToken), GpuReport.List);
        });
        command.Add(model);
        return command;
    }

    private static Option<string?> Text(string name, string description, string unit) => new(name) { Description = description, HelpName = unit };

    private static Command Sources()
    {
        var refresh = new Option<string?>("--refresh") { Description = "Ask this source now, or as soon as it allows it.", HelpName = "name" };
        return new Command("sources", "List where prices come from and how each source is doing.") { refresh }.Runs(async (session, cancellationToken) =>
        {
            var client = await session.ClientAsync(cancellationToken);
            return session.Parse.GetValue(refresh) is { } name
                ? session.Print<IReadOnlyList<PriceSource>>([await client.RefreshPricesAsync(name, cancellationToken)], PriceReport.Sources)
                : session.Print(await client.PriceSourcesAsync(cancellationToken), PriceReport.Sources);
        });
    }

    private static Command Imports() => new Filters()
        .With("source", Text("--source", "The name under which prices were imported.", "name"))
        .With("limit", Words.Number<int>("--limit", "How many to list.", "count", 20))
        .Command("imports", "List the imports of prices, the newest first.", async (session, query, cancellationToken) =>
            session.Print(await (await session.ClientAsync(cancellationToken)).ImportsAsync(query, cancellationToken), PriceReport.Imports));

    private static Command History()
    {
        var cloud = new Argument<string>("cloud") { Description = "aws, gcp or azure." };
        var type = new Argument<string>("instance-type") { Description = "Such as g6.xlarge." };
        var filters = new Filters()
            .With("region", Text("--region", "Such as us-east-1.", "region"))
            .With("capacity", Words.Option<Capacity>("--capacity", "How the instance is bought."))
            .With("limit", Words.Number<int>("--limit", "How many to list.", "count", 20));
        var command = filters.Command("history", "List what an instance type cost over time, the newest first.", async (session, query, cancellationToken) =>
        {
            var asked = $"?cloud={Uri.EscapeDataString(session.Parse.GetRequiredValue(cloud))}&instanceType={Uri.EscapeDataString(session.Parse.GetRequiredValue(type))}&{query[1..]}";
            return session.Print(await (await session.ClientAsync(cancellationToken)).PriceHistoryAsync(asked, cancellationToken), PriceReport.History);
        });
        command.Add(cloud);
        command.Add(type);
        return command;
    }
}

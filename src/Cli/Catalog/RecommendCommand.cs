using System.CommandLine;

namespace Terradev.Cli.Catalog;

/// <summary><c>terradev recommend</c>: ranks the offers for a model and makes nothing.</summary>
internal sealed class RecommendCommand : Command
{
    private readonly RequestOptions _options = new();
    private readonly Option<int?> _top = Words.Number<int>("--top", "How many offers to print.", "count", 5);
    private readonly Option<bool> _explain = new("--explain") { Description = "Also print what was refused and why, the cheapest first." };

    public RecommendCommand()
        : base("recommend", "Rank the offers for a model without making anything.")
    {
        _options.AddTo(this);
        Add(_top);
        Add(_explain);
        this.Runs(RunAsync);
    }

    private async Task<int> RunAsync(Session session, CancellationToken cancellationToken)
    {
        var recommendation = await (await session.ClientAsync(cancellationToken)).RecommendAsync(_options.Request(session.Parse), cancellationToken);
        var (top, explain) = (session.Parse.GetValue(_top) ?? int.MaxValue, session.Parse.GetValue(_explain));
        session.Print(recommendation, (answer, width) => RecommendationReport.Of(answer, top, explain, width));
        return recommendation.Ranked is [] ? ExitCodes.Refused : ExitCodes.Done;
    }
}

using System.Threading.Channels;
using Terradev.Contracts.EnvironmentGenerator;

namespace Terradev.EnvironmentGenerator.Runs;

/// <summary>
/// Takes Terraform's lines as they come and writes them in batches, so that a slow store never slows Terraform: every line
/// to the run's log, every step of a resource as an event. Keeps what the end of the step is judged by.
/// </summary>
internal sealed class RunProgress : IAsyncDisposable
{
    private readonly Channel<(TerraformMessage Message, DateTimeOffset At)> _lines = Channel.CreateUnbounded<(TerraformMessage, DateTimeOffset)>(new() { SingleReader = true });
    private readonly RunSession _session;
    private readonly TimeProvider _time;
    private readonly string _phase;
    private readonly int _total;
    private readonly Task _writing;
    private int _skip;
    private int _line;
    private int _completed;

    /// <param name="lastLine">Lines of the run that are in the log already.</param>
    /// <param name="skip">Lines of this phase that are in the log already and will be read again.</param>
    /// <param name="total">Resources that the plan counts, for the percentage.</param>
    public RunProgress(RunSession session, string phase, int lastLine, int skip, int total, TimeProvider time)
    {
        _session = session;
        _time = time;
        _phase = phase;
        _line = lastLine;
        _skip = skip;
        _total = total;
        _writing = WriteAsync();
    }

    public PlanSummary? Changes { get; private set; }

    public IReadOnlyDictionary<string, string?> Outputs { get; private set; } = new Dictionary<string, string?>();

    public List<string> Errors { get; } = [];

    public ValueTask TakeAsync(string line)
    {
        var message = TerraformMessage.Parse(line);
        if (message.Changes is { } changes)
        {
            Changes = new PlanSummary(changes.Add, changes.Change, changes.Remove);
        }

        if (message.Outputs is { Count: > 0 } outputs)
        {
            Outputs = outputs;
        }

        if (message.Severity == "error")
        {
            Errors.Add(message.Address is null ? message.Text : $"{message.Address}: {message.Text}");
        }

        if (_skip > 0)
        {
            _skip--;
            _completed += message.Type == "apply_complete" && message.Action != "read" ? 1 : 0;
            return ValueTask.CompletedTask;
        }

        return _lines.Writer.WriteAsync((message, _time.GetUtcNow()));
    }

    /// <summary>Returns when every line is stored.</summary>
    public async ValueTask DisposeAsync()
    {
        _lines.Writer.TryComplete();
        await _writing;
    }

    private async Task WriteAsync()
    {
        await Task.Yield();
        while (await _lines.Reader.WaitToReadAsync())
        {
            var batch = new List<(TerraformMessage Message, DateTimeOffset At)>();
            while (batch.Count < 200 && _lines.Reader.TryRead(out var line))
            {
                batch.Add(line);
            }

            var (firstLine, firstCompleted) = (_line, _completed);
            await _session.ChangeAsync((environment, run, db, _) =>
            {
                // May run more than once when another writer was faster.
                (_line, _completed) = (firstLine, firstCompleted);
                foreach (var (message, at) in batch)
                {
                    db.RunLog.Add(new RunLogLine { EnvironmentId = run.EnvironmentId, Run = run.Number, Line = ++_line, Phase = _phase, At = at, Text = message.Text });
                    if (Step(message, run.Number) is { } step)
                    {
                        environment.Progress(step, at);
                    }
                }
            });
        }
    }

    private ProvisioningProgressed? Step(TerraformMessage message, int run)
    {
        var state = message.Type switch
        {
            "apply_start" => "started",
            "apply_complete" => "completed",
            "apply_errored" => "errored",
            _ => null,
        };
        if (state is null || message.Action == "read")
        {
            return null;
        }

        _completed += message.Type == "apply_complete" ? 1 : 0;
        return new ProvisioningProgressed
        {
            Run = run,
            Phase = _phase,
            Resource = message.Address,
            Action = message.Action,
            State = state,
            Percent = _total == 0 ? null : Math.Min(100, _completed * 100 / _total),
            Message = message.Text,
        };
    }
}

using System.CommandLine;
using Terradev.Cli.Server;
using Terradev.Cli.Terminal;
using Terradev.Contracts;
using Terradev.Contracts.EnvironmentGenerator;

namespace Terradev.Cli.Environments;

/// <summary>The commands about environments that exist already.</summary>
internal static class EnvironmentCommands
{
    public static IEnumerable<Command> All() => [Apply(), List(), Show(), Approve(), Reject(), Destroy(), Events(), Logs()];

    private static Argument<string> Name() => new("name") { Description = "Name or id of the environment." };

    private static Option<bool> Yes(string description) => new("--yes", "-y") { Description = description };

    private static Option<string?> Comment() => new("--comment") { Description = "Kept with the run.", HelpName = "text" };

    private static Command Apply()
    {
        var name = Name();
        var yes = Yes("Create it without asking, once the plan is within budget.");
        return new Command("apply", "Plan an environment again with credentials and create it after approval.") { name, yes }.Runs(async (session, cancellationToken) =>
        {
            var server = await session.ServerAsync(cancellationToken);
            var approve = session.Parse.GetValue(yes);
            var environment = await server.Client.ApplyAsync(session.Parse.GetRequiredValue(name), approve, cancellationToken);
            return await new Watch(session, server, environment, environment.LastRun, approve).RunAsync(environment.LastSequence, cancellationToken);
        });
    }

    private static Command List() => new Command("list", "List the environments.").Runs(async (session, cancellationToken) =>
    {
        var page = await (await session.ClientAsync(cancellationToken)).ListAsync(cancellationToken);
        if (session.Json)
        {
            session.Document(page);
        }
        else
        {
            session.Screen.Lines(EnvironmentReport.Table(page.Items, Clock.Of(session.Time), session.Screen.Width));
        }

        return ExitCodes.Done;
    });

    private static Command Show()
    {
        var name = Name();
        return new Command("show", "Show an environment: what was chosen and why, the plan, the cost, the outputs.") { name }.Runs(async (session, cancellationToken) =>
        {
            var environment = await (await session.ClientAsync(cancellationToken)).GetAsync(session.Parse.GetRequiredValue(name), cancellationToken);
            if (session.Json)
            {
                session.Document(environment);
            }
            else
            {
                session.Entries(EnvironmentReport.Entries(environment, Clock.Of(session.Time), Environment.GetFolderPath(Environment.SpecialFolder.UserProfile)));
            }

            return ExitCodes.Done;
        });
    }

    private static Command Approve()
    {
        var (name, comment) = (Name(), Comment());
        return new Command("approve", "Approve the plan that waits and follow its apply.") { name, comment }.Runs(async (session, cancellationToken) =>
        {
            var server = await session.ServerAsync(cancellationToken);
            var environment = await server.Client.ApproveAsync(session.Parse.GetRequiredValue(name), session.Parse.GetValue(comment), cancellationToken);
            return await new Watch(session, server, environment, environment.LastRun, approve: false).RunAsync(environment.LastSequence, cancellationToken);
        });
    }

    private static Command Reject()
    {
        var (name, comment) = (Name(), Comment());
        return new Command("reject", "Reject the plan that waits; nothing is created.") { name, comment }.Runs(async (session, cancellationToken) =>
        {
            var environment = await (await session.ClientAsync(cancellationToken))
                .RejectAsync(session.Parse.GetRequiredValue(name), session.Parse.GetValue(comment), cancellationToken);
            if (session.Json)
            {
                session.Document(environment);
            }
            else
            {
                session.Screen.Line($"The plan of {Printable.Line(environment.Name)} was rejected. To plan it again: terradev apply {Printable.Line(environment.Name)}");
            }

            return ExitCodes.Done;
        });
    }

    private static Command Destroy()
    {
        var name = Name();
        var yes = Yes("Destroy it without asking.");
        var deleteData = new Option<bool>("--delete-data") { Description = "Delete the content of its buckets too; without it a bucket that holds data is kept." };
        return new Command("destroy", "Destroy everything that an environment consists of.") { name, yes, deleteData }.Runs(async (session, cancellationToken) =>
        {
            var server = await session.ServerAsync(cancellationToken);
            var environment = await server.Client.GetAsync(session.Parse.GetRequiredValue(name), cancellationToken);
            var withData = session.Parse.GetValue(deleteData);
            if (!session.Parse.GetValue(yes))
            {
                var shown = Printable.Line(environment.Name);
                if (session.Json || !session.Screen.CanAsk)
                {
                    session.Screen.Refuse(new Refusal("not-approved", $"Destroying {shown} needs a yes, and there is no terminal to ask on.", $"Say so: terradev destroy {shown} --yes"));
                    return ExitCodes.NotApproved;
                }

                if (!await session.Screen.AskAsync($"Destroy {shown} ({Wire.Name(environment.Status)}){(withData ? " and all data in its buckets" : "")}?", cancellationToken))
                {
                    session.Screen.Line("Nothing was destroyed.");
                    return ExitCodes.NotApproved;
                }
            }

            environment = await server.Client.DestroyAsync(environment.Id, withData, cancellationToken);
            return await new Watch(session, server, environment, environment.LastRun, approve: true).RunAsync(environment.LastSequence, cancellationToken);
        });
    }

    private static Command Events()
    {
        var name = Name();
        return new Command("events", "Print an environment's events as they come, until it is destroyed or, without a server, until nothing more happens by itself.") { name }
            .Runs(async (session, cancellationToken) =>
            {
                var server = await session.ServerAsync(cancellationToken);
                var environment = await server.Client.GetAsync(session.Parse.GetRequiredValue(name), cancellationToken);
                await foreach (var item in server.Client.FollowAsync(environment.Id, after: 0, cancellationToken))
                {
                    if (session.Json)
                    {
                        session.Screen.Document(item.Json);
                    }
                    else
                    {
                        session.Screen.Line(EventLine.Of(item, Clock.Of(session.Time)));
                    }

                    if (item.Event is EnvironmentDestroyed || (server.IsEmbedded && await IsAtRestAsync(server.Client, environment.Id, item, cancellationToken)))
                    {
                        break;
                    }
                }

                return ExitCodes.Done;
            });
    }

    private static Command Logs()
    {
        var name = Name();
        var run = Words.Number<int>("--run", "Number of the run; the last one when left out.", "n");
        return new Command("logs", "Print what Terraform said in a run.") { name, run }.Runs(async (session, cancellationToken) =>
        {
            var client = await session.ClientAsync(cancellationToken);
            var environment = await client.GetAsync(session.Parse.GetRequiredValue(name), cancellationToken);
            var log = await client.LogAsync(environment.Id, session.Parse.GetValue(run) ?? environment.LastRun, cancellationToken);
            if (session.Json)
            {
                session.Document(Printable.Lines(log));
                return ExitCodes.Done;
            }

            foreach (var line in Printable.Lines(log))
            {
                session.Screen.Line(line);
            }

            return ExitCodes.Done;
        });
    }

    // Nobody but this process would do anything more.
    private static async Task<bool> IsAtRestAsync(TerradevClient client, string id, StreamedEvent last, CancellationToken cancellationToken)
    {
        var environment = await client.GetAsync(id, cancellationToken);
        return last.Sequence >= environment.LastSequence && Progress.IsAtRest(environment);
    }
}

using System.CommandLine;
using Silo.Cli.Configuration;
using Silo.Cli.Invocation;
using Silo.Contracts.Json;
using Silo.Core.Nodes;
using Silo.Core.Workers;

namespace Silo.Cli.Serving;

/// <summary>What a worker process is told: its server, its node, and what its handlers may do.</summary>
internal sealed class NodeOptions
{
    private readonly Option<string?> _name;
    private readonly Option<int> _slots;
    private readonly Option<int?> _weight;
    private readonly Option<string?> _tier;
    private readonly Option<TimeSpan> _grace;
    private readonly Option<string?> _ledger;
    private readonly Option<Dictionary<string, string>?> _labels;

    public NodeOptions(CommandContext context, Command command)
    {
        Server = new ServerOptions(context, command);
        _name = context.Option(Settings.Name);
        _slots = context.Option(Settings.Slots, ValueParsers.WholeNumber(1, NodeLimits.SlotsMax));
        _weight = context.Option(Settings.Weight);
        _tier = context.Option(Settings.Tier);
        _grace = context.Option(Settings.Grace);
        _ledger = context.Option(Settings.Ledger);
        _labels = context.Option(Settings.Label);
        foreach (var option in new Option[] { _name, _slots, _weight, _tier, _grace, _ledger, _labels })
        {
            command.Options.Add(option);
        }

        Serving = new ServingOptions(context, command);
    }

    public ServerOptions Server { get; }

    public ServingOptions Serving { get; }

    /// <summary>Null for none.</summary>
    public string? Ledger(ParseResult parsed) => parsed.GetValue(_ledger);

    /// <param name="suffix">Comes after the name that was given.</param>
    /// <exception cref="CommandException">Everything that is wrong with them.</exception>
    public WorkerOptions Read(ParseResult parsed, string suffix = "")
    {
        var options = new WorkerOptions
        {
            Name = $"{parsed.GetValue(_name)}{suffix}",
            Slots = parsed.GetValue(_slots),
            Weight = parsed.GetValue(_weight),
            Tier = WireNames.Parse<NodeTier>(parsed.GetValue(_tier)!),
            StopGrace = parsed.GetValue(_grace),
            Labels = parsed.GetValue(_labels) ?? [],
        };
        return options.Validate() is { Count: > 0 } problems ? throw new CommandException(ExitCode.Usage, string.Join(Environment.NewLine, problems)) : options;
    }
}

using Silo.Contracts.Nodes;
using Silo.Contracts.Problems;
using Silo.Core.Nodes;
using Silo.Gateway.Requests;

namespace Silo.Gateway.Nodes;

/// <summary>Checks what a worker says of itself.</summary>
internal sealed class RegistrationReader(RequestProblems problems)
{
    public const string KindDefault = "http";

    public static readonly TimeSpan BeatIntervalMin = TimeSpan.FromMilliseconds(10);
    public static readonly TimeSpan BeatIntervalMax = TimeSpan.FromHours(1);

    /// <param name="path">Where the registration lies in the request, with its dot; empty at the root.</param>
    public NodeRegistration Read(string node, RegisterRequest request, string path)
    {
        if (request.Types.Count == 0)
            problems.Add($"{path}types", ProblemCodes.OutOfRange, "must name at least one task type");
        return new NodeRegistration
        {
            Name = problems.Name("name", node),
            Instance = problems.Text($"{path}instance", request.Instance) ?? "",
            Slots = problems.Between($"{path}slots", request.Slots, 1, NodeLimits.SlotsMax),
            Weight = request.Weight is { } weight ? problems.Between($"{path}weight", weight, 1, NodeLimits.WeightMax) : null,
            Tier = request.Tier is { } tier ? problems.OneOf<NodeTier>($"{path}tier", tier) : NodeTier.Primary,
            Types = [.. problems.Items($"{path}types", request.Types, NodeLimits.TypesMax).Select(type => problems.Name($"{path}types[{type.Index}]", type.Item))],
            Labels = problems.Labels($"{path}labels", request.Labels),
            Kind = request.Kind is { } kind ? problems.Name($"{path}kind", kind) : KindDefault,
            BeatInterval = request.BeatIntervalSeconds is { } seconds
                ? problems.Duration($"{path}beatIntervalSeconds", seconds, BeatIntervalMin, BeatIntervalMax)
                : NodeLimits.BeatIntervalDefault,
        };
    }
}

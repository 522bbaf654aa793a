namespace Silo.Cluster.Client.Grains;

/// <summary>Submits and cancels by the same rules and with the same answers as the HTTP API. Stateless: its key is always 0, and every silo has as many as it needs.</summary>
/// <remarks><see cref="SiloClusterClient"/> speaks to it in records. Whoever reaches the port for Orleans clients may call it: that port belongs into a trusted network.</remarks>
public interface ITaskApiGrain : IGrainWithIntegerKey
{
    /// <param name="tasks">JSON: one task or an array of them.</param>
    Task<TaskApiReply> SubmitAsync(byte[] tasks);

    /// <param name="task">Id or number.</param>
    Task<TaskApiReply> CancelAsync(string task);
}

/// <param name="Status">As of HTTP.</param>
/// <param name="Json">The record that this status answers with; from 400 on a problem.</param>
[GenerateSerializer, Immutable]
public sealed record TaskApiReply([property: Id(0)] int Status, [property: Id(1)] byte[] Json);

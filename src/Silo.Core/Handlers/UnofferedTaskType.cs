namespace Silo.Core.Handlers;

/// <summary>A task type that this process knows and its settings leave out, registered as a singleton so that a refused submit can say how to have it.</summary>
/// <param name="Type">The task type.</param>
/// <param name="Remedy">Which setting offers it, as the end of a sentence: <c>start the server or a worker with --files-root DIR</c>.</param>
public sealed record UnofferedTaskType(string Type, string Remedy);

namespace Silo.Handlers.Processes;

/// <param name="File">Absolute path of an allowed program.</param>
/// <param name="Arguments">Given to the program as they are; there is no shell. Default none.</param>
/// <param name="Input">Written to its standard input, which then ends. Default: it is empty.</param>
/// <param name="Environment">Variables whose names the settings allow.</param>
/// <param name="WorkingDirectory">An absolute path. Default: an empty folder that is removed afterwards.</param>
internal sealed record ProcessPayload(
    string File,
    IReadOnlyList<string>? Arguments = null,
    string? Input = null,
    IReadOnlyDictionary<string, string>? Environment = null,
    string? WorkingDirectory = null);

/// <param name="Stdout">The end of the standard output.</param>
/// <param name="StdoutBytes">All that was written there.</param>
/// <param name="Stderr">The end of the error output.</param>
/// <param name="StderrBytes">All that was written there.</param>
internal sealed record ProcessResult(int ExitCode, string Stdout, long StdoutBytes, string Stderr, long StderrBytes, double Milliseconds);

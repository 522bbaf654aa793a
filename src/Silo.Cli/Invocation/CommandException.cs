namespace Silo.Cli.Invocation;

/// <summary>Ends a command with an exit code and a sentence for the person who typed it.</summary>
internal sealed class CommandException : Exception
{
    public CommandException(ExitCode exitCode, string message)
        : base(message) => ExitCode = exitCode;

    public CommandException(ExitCode exitCode, string message, Exception innerException)
        : base(message, innerException) => ExitCode = exitCode;

    public ExitCode ExitCode { get; }
}

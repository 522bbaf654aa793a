using System.Text;
using System.Text.Json;
using Silo.Cli.Invocation;
using Silo.Contracts.Json;
using Silo.Core.Tasks;

namespace Silo.Cli.Tasks;

/// <summary>A payload as it is typed: JSON, <c>@file</c>, or <c>-</c> for standard input.</summary>
internal static class PayloadReader
{
    /// <exception cref="CommandException">It cannot be read, is too large, or is no JSON.</exception>
    public static async Task<RawJson> ReadAsync(string? text, TextReader input, CancellationToken cancellationToken)
    {
        var (source, json) = text switch
        {
            null => ("payload", "null"),
            "-" => ("payload from standard input", await input.ReadToEndAsync(cancellationToken)),
            ['@', .. var path] => ($"payload from {path}", await ReadFileAsync(path, cancellationToken)),
            _ => ("payload", text),
        };

        var bytes = Encoding.UTF8.GetByteCount(json);
        if (bytes > TaskLimits.PayloadBytesMax)
        {
            throw new CommandException(ExitCode.Usage, $"The {source} has {bytes} bytes; at most {TaskLimits.PayloadBytesMax} are taken.");
        }

        try
        {
            return RawJson.Parse(json);
        }
        catch (JsonException exception)
        {
            throw new CommandException(
                ExitCode.Usage, $"The {source} is no JSON: {exception.Message} Quote it for the shell, as in '{{\"milliseconds\":100}}'.", exception);
        }
    }

    private static async Task<string> ReadFileAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            return await File.ReadAllTextAsync(path, cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(ExitCode.Usage, $"The payload file '{path}' cannot be read: {exception.Message}", exception);
        }
    }
}

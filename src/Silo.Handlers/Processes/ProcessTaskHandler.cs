using System.ComponentModel;
using System.Diagnostics;
using Silo.Core.Handlers;

namespace Silo.Handlers.Processes;

/// <summary>Runs an allowed program with arguments, never a command line.</summary>
internal sealed class ProcessTaskHandler(ProcessHandlerOptions options, ProgramList programs) : ITaskHandler<ProcessPayload, ProcessResult>, IPayloadCheck<ProcessPayload>
{
    private const string RefusalCode = "process_not_allowed";
    private const int ArgumentsMax = 1024;
    private const int ErrorShownMax = 1000;

    /// <summary>As the common systems have it: each part of a longer path would cost a look at the file system.</summary>
    private const int PathLengthMax = 4096;

    public static bool IsVariableName(string name) =>
        name.Length > 0 && !char.IsAsciiDigit(name[0]) && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter == '_');

    public PayloadProblem? Check(ProcessPayload payload)
    {
        if (payload.File.Length > PathLengthMax || !Path.IsPathFullyQualified(payload.File) || payload.File.Contains('\0'))
            return new PayloadProblem("payload.file", $"must be an absolute path of at most {PathLengthMax} characters");
        if (programs.Find(payload.File) is null)
            return new PayloadProblem("payload.file", $"'{payload.File}' is not allowed: --allow-process {payload.File} would allow it") { Code = RefusalCode };
        if (payload.Arguments?.Count > ArgumentsMax)
            return new PayloadProblem("payload.arguments", $"has {payload.Arguments.Count} arguments, more than {ArgumentsMax}");
        if (payload.Arguments?.Any(argument => argument.Contains('\0')) == true)
            return new PayloadProblem("payload.arguments", "must not contain NUL characters");
        if (payload.WorkingDirectory is { } folder && (!Path.IsPathFullyQualified(folder) || folder.Contains('\0')))
            return new PayloadProblem("payload.workingDirectory", "must be an absolute path");
        return CheckEnvironment(payload.Environment);
    }

    public async Task<ProcessResult> RunAsync(ProcessPayload payload, TaskContext context, CancellationToken cancellationToken)
    {
        if (payload.WorkingDirectory is { } missing && !Directory.Exists(missing))
            throw new TaskFailedException("folder_not_found", $"payload.workingDirectory: there is no folder '{missing}' on this node.", retry: false);
        var program = programs.Find(payload.File)
            ?? throw new TaskFailedException(RefusalCode, $"payload.file: '{payload.File}' has come to lead to a program that is not allowed", retry: false);
        var own = payload.WorkingDirectory is null ? Directory.CreateTempSubdirectory("silo-process-") : null;
        try
        {
            var started = context.Time.GetTimestamp();
            using var run = Start(StartInfo(program, payload, own?.FullName ?? payload.WorkingDirectory!, context));
            var exitCode = await run.RunAsync(
                payload.Input, options.StopGrace, context.Time, left => context.Log($"Processes that cannot be killed: {string.Join(", ", left)}"), cancellationToken);
            var result = ResultOf(run, exitCode, context.Time.GetElapsedTime(started));
            return exitCode == 0 ? result : throw Failure(payload.File, result);
        }
        finally
        {
            Remove(own, context);
        }
    }

    private PayloadProblem? CheckEnvironment(IReadOnlyDictionary<string, string>? environment)
    {
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            if (!IsVariableName(name))
                return new PayloadProblem("payload.environment", $"'{name}' is no name of a variable");
            if (!options.TaskEnvironment.Contains(name))
                return new PayloadProblem($"payload.environment.{name}", $"may not be set by tasks: --allow-process-env {name} would allow it") { Code = RefusalCode };
            if (value.Contains('\0'))
                return new PayloadProblem($"payload.environment.{name}", "must not contain NUL characters");
        }

        return null;
    }

    private ProcessStartInfo StartInfo(string program, ProcessPayload payload, string folder, TaskContext context)
    {
        var start = new ProcessStartInfo(SessionStarter.Find()!, [program, .. payload.Arguments ?? []])
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Clear();
        foreach (var name in options.InheritedEnvironment)
        {
            if (Environment.GetEnvironmentVariable(name) is { } value)
                start.Environment[name] = value;
        }

        foreach (var (name, value) in payload.Environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;
        start.Environment["SILO_TASK_ID"] = context.Id.ToString();
        start.Environment["SILO_ATTEMPT"] = $"{context.Attempt}";
        start.Environment["SILO_IDEMPOTENCY_KEY"] = context.IdempotencyKey;
        return start;
    }

    private ProgramRun Start(ProcessStartInfo start)
    {
        try
        {
            return new ProgramRun(start, options.OutputBytesMax);
        }
        catch (Win32Exception refusal)
        {
            throw new TaskFailedException("process_not_started", $"The system did not start the program: {refusal.Message}", retry: true);
        }
    }

    private static ProcessResult ResultOf(ProgramRun run, int exitCode, TimeSpan took)
    {
        // A stream that an escaped process holds open may still be read.
        lock (run.Output)
        {
            lock (run.Error)
            {
                return new ProcessResult(exitCode, run.Output.Text(), run.Output.Bytes, run.Error.Text(), run.Error.Bytes, Math.Round(took.TotalMilliseconds, 3));
            }
        }
    }

    private static TaskFailedException Failure(string file, ProcessResult result)
    {
        var said = result.Stderr.Trim();
        var shown = said.Length > ErrorShownMax ? "…" + said[^ErrorShownMax..] : said;
        return new TaskFailedException("exit_code", $"'{file}' ended with exit code {result.ExitCode}{(shown.Length == 0 ? "." : $": {shown}")}", retry: true);
    }

    private static void Remove(DirectoryInfo? folder, TaskContext context)
    {
        try
        {
            folder?.Delete(recursive: true);
        }
        catch (Exception kept) when (kept is IOException or UnauthorizedAccessException)
        {
            context.Log($"The folder '{folder!.FullName}' could not be removed: {kept.Message}");
        }
    }
}

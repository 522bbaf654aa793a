namespace Silo.Core.Storage;

/// <summary>Why a store cannot be used, for a log that says it at every try: while a disk is full, a stack trace each time would hide everything else.</summary>
public static class StoreFailure
{
    /// <summary>What the failure and its cause say, in one line.</summary>
    public static string InOneLine(Exception failure)
    {
        var text = failure.InnerException is { } cause && !failure.Message.Contains(cause.Message, StringComparison.Ordinal) ? $"{failure.Message} {cause.Message}" : failure.Message;
        return text.ReplaceLineEndings(" ");
    }
}

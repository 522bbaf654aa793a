namespace Silo.Contracts.Tasks;

/// <param name="Tasks">Newest first. A page may be shorter than asked, even empty, and still have a next one.</param>
/// <param name="Next">Give it as <c>after</c> to go on; absent at the end.</param>
public sealed record TaskListResponse(IReadOnlyList<TaskResponse> Tasks, string? Next = null);

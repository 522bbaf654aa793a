using Silo.Cli.Invocation;

return await SiloProgram.RunAsync(args, Terminal.OfThisProcess(), Environment.GetEnvironmentVariable);

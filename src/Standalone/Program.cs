using Terradev.Standalone;

StandaloneApp.Create(args).Run();

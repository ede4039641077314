variables {
  region                 = "us-east-1"
  expires_at             = "2030-01-31T18:05:09Z"
  deadline_schedule_name = "bert-lora-deadline"
}

run "the_deadline_comes_before_everything_that_can_fail" {
  command = plan

  assert {
    condition     = length(split("systemctl enable --now terradev-deadline.timer", output.user_data)) == 2 && !strcontains(split("systemctl enable --now terradev-deadline.timer", output.user_data)[0], "base64 --decode")
    error_message = "The timer of the deadline must run before anything is unpacked."
  }

  assert {
    condition     = strcontains(output.user_data, "echo '2030-01-31T18:05:09Z' >/var/lib/terradev/deadline") && strcontains(output.user_data, "schedule='bert-lora-deadline'")
    error_message = "The script must know the deadline and its schedule."
  }
}

run "settings_never_become_shell" {
  command = plan

  variables {
    settings = {
      model = "a'b\"c\n$${path.module} %%{if true} $(reboot) `reboot`\nBASE64\nreboot"
    }
  }

  assert {
    condition     = !strcontains(output.user_data, "reboot") && jsondecode(base64decode(regex("(?s)<<'BASE64'\n(.*?)\nBASE64", output.user_data)[0])).model == var.settings.model
    error_message = "Settings must reach the script as base64 only, and literally."
  }
}

run "only_what_is_asked_for_runs" {
  command = plan

  assert {
    condition     = !strcontains(output.user_data, "terradev-heartbeat") && !strcontains(output.user_data, "terradev-idle") && !strcontains(output.user_data, "terradev-start")
    error_message = "Without metrics, idle rule, job there must be no units for them."
  }
}

run "everything_that_is_asked_for_runs" {
  command = plan

  variables {
    metrics_namespace = "Terradev/bert"
    log_group         = "bert"
    idle_minutes      = 30
    start             = "train"
    files             = { "bin/train" = { content = "#!/bin/bash\n", mode = "0755" } }
  }

  assert {
    condition     = alltrue([for unit in ["terradev-heartbeat.timer", "terradev-idle.timer", "terradev-spot-watch.service", "terradev-start.service"] : strcontains(output.user_data, unit)])
    error_message = "Every unit must be there."
  }

  assert {
    condition     = strcontains(output.user_data, "/opt/terradev/bin/train exec")
    error_message = "The job must be started."
  }
}

run "a_moved_deadline_is_the_same_machine" {
  variables {
    settings = { model = "a" }
  }

  assert {
    condition     = output.key == sha256(jsonencode({ files = {}, settings = { model = "a" }, start = null }))
    error_message = "The key must cover what the machine is for, and not its deadline."
  }
}

run "refuses_more_than_user_data_holds" {
  command = plan

  variables {
    files = { "big.txt" = { content = join("", [for i in range(1000) : sha256(tostring(i))]) } }
  }

  expect_failures = [output.user_data]
}

run "refuses_paths_that_leave_the_folder_and_values_that_are_shell" {
  command = plan

  variables {
    files                  = { "../etc/passwd" = { content = "" } }
    expires_at             = "2030-01-31T18:05:09Z'; reboot; '"
    deadline_schedule_name = "x'; reboot"
    region                 = "us-east-1'"
    start                  = "train; reboot"
    idle_minutes           = 1.5
    metrics_namespace      = "a b"
  }

  expect_failures = [var.files, var.expires_at, var.deadline_schedule_name, var.region, var.start, var.idle_minutes, var.metrics_namespace]
}

run "refuses_settings_larger_than_user_data" {
  command = plan

  variables {
    settings = { model = join("", [for i in range(1000) : "0123456789"]) }
  }

  expect_failures = [var.settings]
}
